#include "crypto/roots.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "http/embedded_roots.h"

namespace start_claude::crypto {
namespace {

const std::string usual_bundle = "/etc/ssl/certs/ca-certificates.crt";

std::string read_file(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string first_certificate() {
  const std::string bundle = read_file(usual_bundle);
  const std::string end = "-----END CERTIFICATE-----\n";
  return bundle.substr(0, bundle.find(end) + end.size());
}

TEST_CASE("the roots in the program are indexed by the hash that the TLS library asks for") {
  const auto embedded = http::embedded_roots();
  if (embedded.empty()) return;  // built where there are none
  const auto ordered = [](const Root& a, const Root& b) { return a.subject_hash < b.subject_hash; };
  CHECK(std::is_sorted(embedded.begin(), embedded.end(), ordered));

  // Made of the same files by another program, so that certificate, hash and order must agree.
  std::string pem;
  for (const auto& file : std::filesystem::directory_iterator(START_CLAUDE_ROOTS)) {
    if (file.path().extension() == ".crt") pem += read_file(file.path());
  }
  const auto bundle = RootBundle::from_pem(pem);
  REQUIRE(bundle);
  REQUIRE(bundle->size() == embedded.size());
  for (const Root& root : embedded) {
    const auto found = bundle->with_hash(root.subject_hash);
    CHECK(std::count(found.begin(), found.end(), root.der) == 1);
  }
}

TEST_CASE("a bundle is read in full or left to whoever reads with more care") {
  const std::string good = first_certificate();
  std::string cut = good;
  cut.erase(100, 64);
  std::string renamed = good;
  renamed.replace(renamed.find("BEGIN CERTIFICATE"), 17, "BEGIN TRUSTED CERTIFICATE");
  struct Row {
    std::string what;
    std::string pem;
    std::size_t roots;
  };
  const auto row = GENERATE_COPY(values<Row>({{"one", good, 1},
                                              {"words around it", "A root:\n" + good + "\nEnd.", 1},
                                              {"two", good + good, 2},
                                              {"nothing", "", 0},
                                              {"no certificate", "hello", 0},
                                              {"no end", good.substr(0, good.size() - 30), 0},
                                              {"a line missing", cut, 0},
                                              {"one damaged among good ones", good + cut, 0},
                                              {"OpenSSL's own kind", renamed, 0}}));
  INFO(row.what);
  const auto bundle = RootBundle::from_pem(row.pem);
  CHECK((bundle ? bundle->size() : 0) == row.roots);
}

TEST_CASE("a file that is not there, or a folder, is no bundle") {
  CHECK_FALSE(RootBundle::from_file("/nowhere/ca.pem"));
  CHECK_FALSE(RootBundle::from_file("/"));
  CHECK(RootBundle::from_file(usual_bundle));
}

TEST_CASE("an error of the TLS library has its words, though they were not loaded") {
  start_tls();
  CHECK(tls_error_text(0x0A00010B) == "wrong version number");
  CHECK(tls_error_text(0) == "");
}

}  // namespace
}  // namespace start_claude::crypto
