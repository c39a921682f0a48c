#include "server/object_names.h"

#include <catch2/catch.hpp>
#include <string>

namespace start_claude::server {
namespace {

struct Row {
  const char* what;
  std::string key;
  std::string path;
};

TEST_CASE("every key has one path inside the bucket's folder, and the way back") {
  const auto row = GENERATE(values<Row>({
      {"ordinary keys are their own path", "start-claude-config.json", "start-claude-config.json"},
      {"slashes are folders", "team/a/config.json", "team/a/config.json"},
      {"spaces, plus and Unicode stay", "my file+ü 日本.json", "my file+ü 日本.json"},
      {"hidden files are files", ".profile", ".profile"},
      {"the parent folder is only a name", "../../etc/passwd", "%2E./%2E./etc/passwd"},
      {"the folder itself is only a name", "./a/.", "%2E/a/%2E"},
      {"three dots are no special name", ".../a", ".../a"},
      {"the server's own folder cannot be written", ".s3-serve/records/x", "%2Es3-serve/records/x"},
      {"an empty part in the middle", "a//b", "a/%/b"},
      {"a leading slash", "/a", "%/a"},
      {"a trailing slash", "a/", "a/%"},
      {"a lone percent", "%", "%25"},
      {"a percent that is no escape stays", "100% sure", "100% sure"},
      {"a percent that would read as an escape", "%2E%2E/x", "%252E%252E/x"},
      {"percent before percent", "%%41", "%%2541"},
      {"control characters", std::string("a\nb\x7F") + '\0' + "c", "a%0Ab%7F%00c"},
  }));
  INFO(row.what);
  CHECK(path_from_key(row.key) == row.path);
  CHECK(key_from_path(row.path) == row.key);
}

TEST_CASE("a part longer than a file name may be has no path") {
  CHECK(path_from_key(std::string(255, 'k')));
  CHECK_FALSE(path_from_key("a/" + std::string(256, 'k')));
  CHECK_FALSE(path_from_key(std::string(100, '\n')));
}

TEST_CASE("files that are spelled as no key is are no objects") {
  const auto path = GENERATE("%2e", "%41", ".", "a/..", "a//b", ".s3-serve/x");
  INFO(path);
  CHECK_FALSE(key_from_path(path));
}

}  // namespace
}  // namespace start_claude::server
