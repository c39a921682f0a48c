#include "support/sigv4_vectors.h"

#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>

#include "base/text.h"

namespace start_claude::support {
namespace {

[[noreturn]] void fail(const std::string& problem) {
  throw std::runtime_error("fixtures/sigv4/vectors.txt: " + problem);
}

/// "before|after" at the first mark; the second part is empty if there is none.
std::pair<std::string, std::string> cut(std::string_view text, std::string_view mark) {
  const auto at = text.find(mark);
  if (at == std::string_view::npos) return {std::string(text), {}};
  return {std::string(text.substr(0, at)), std::string(text.substr(at + mark.size()))};
}

std::vector<std::string> blocks(std::string_view text, std::string_view mark) {
  std::vector<std::string> found;
  for (;;) {
    const auto at = text.find(mark);
    found.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return found;
    text.remove_prefix(at + mark.size());
  }
}

http::Request read_request(std::string_view section) {
  const auto [head, body] = cut(section, "\n\n");
  const auto lines = base::split(head, '\n');
  const auto [method, url] = cut(lines.front(), " ");
  auto uri = http::parse_uri(url);
  if (!uri) fail(uri.error().message);
  http::Request request{.method = method, .uri = *uri, .headers = {}, .body = body};
  for (std::size_t i = 1; i < lines.size(); ++i) {
    auto [name, value] = cut(lines[i], ": ");
    request.headers.add(std::move(name), std::move(value));
  }
  return request;
}

s3::SigningScope read_scope(std::string_view line) {
  const auto words = base::split(line, ' ');
  const auto time = base::parse_amz_date(words.front());
  if (words.size() != 3 || !time) fail("a scope has a time, a region and a service");
  return {.time = *time, .region = std::string(words[1]), .service = std::string(words[2])};
}

s3::Credentials read_credentials(std::string_view line) {
  const auto words = base::split(line, ' ');
  if (words.size() < 2) fail("credentials have a key id and a secret");
  s3::Credentials credentials{.access_key_id = std::string(words[0]),
                              .secret_access_key = Secret(std::string(words[1]))};
  if (words.size() > 2) credentials.session_token = Secret(std::string(words[2]));
  return credentials;
}

Sigv4Vector read_case(std::string_view block) {
  if (block.ends_with('\n')) block.remove_suffix(1);
  const auto sections = blocks(block, "\n--- ");
  std::map<std::string, std::string> values;
  const auto lines = base::split(sections.front(), '\n');
  for (std::size_t i = 1; i < lines.size(); ++i) values.insert(cut(lines[i], " "));
  for (std::size_t i = 1; i < sections.size(); ++i) values.insert(cut(sections[i], "\n"));

  const bool is_server = values["role"] == "server";
  if (is_server == (values.count("signed-headers") == 0)) fail("only servers are told names");
  Sigv4Vector vector;
  vector.name = lines.front();
  vector.request = read_request(values["request"]);
  vector.credentials = read_credentials(values["credentials"]);
  vector.scope = read_scope(values["scope"]);
  if (is_server) vector.signed_headers = values["signed-headers"];
  if (values.count("key") > 0) vector.key = values["key"];
  vector.canonical_request = values["canonical request"];
  vector.string_to_sign = values["string to sign"];
  vector.signature = values["signature"];
  vector.authorization = values["authorization"];
  return vector;
}

}  // namespace

std::vector<Sigv4Vector> read_sigv4_vectors() {
  std::ifstream file(FIXTURES "/sigv4/vectors.txt", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto found = blocks(text, "\n=== ");
  if (found.size() < 2) fail("no cases");
  std::vector<Sigv4Vector> vectors;
  for (std::size_t i = 1; i < found.size(); ++i) vectors.push_back(read_case(found[i]));
  return vectors;
}

}  // namespace start_claude::support
