#include "http/system_roots.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

using namespace start_claude::http;

namespace {

/// A folder with the given empty files, gone at the end.
struct Folder {
  std::filesystem::path path;

  explicit Folder(const std::vector<std::string>& names) {
    std::string name = std::filesystem::temp_directory_path() / "start-claude-roots-XXXXXX";
    path = mkdtemp(name.data());
    for (const auto& each : names) std::ofstream(path / each) << "";
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string at(const std::string& name) const { return path / name; }
};

}  // namespace

TEST_CASE("a folder of certificates counts only if it is hashed, else a bundle is read") {
  const Folder hashed({"ca-certificates.crt", "5ed36f99.0"});
  const Folder plain({"ca-bundle.crt", "5ed36f99", "5ed36f99.r0", "5ED36F99.0", "readme.0"});

  const auto both = find_system_roots({{plain.path, hashed.path}, {plain.at("ca-bundle.crt")}});
  CHECK(both.folder == hashed.path);
  CHECK(both.bundle.empty());

  const auto bundle = find_system_roots(
      {{plain.path, plain.at("missing")}, {plain.at("missing"), plain.at("ca-bundle.crt")}});
  CHECK(bundle.folder.empty());
  CHECK(bundle.bundle == plain.at("ca-bundle.crt"));

  const auto none = find_system_roots({{plain.path}, {plain.at("missing")}});
  CHECK(none.folder.empty());
  CHECK(none.bundle.empty());
}
