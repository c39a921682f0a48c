#include "config/cloud_folder.h"

#include <catch2/catch.hpp>

#include "json/parse.h"

using namespace start_claude;

namespace {

auto read(std::string_view text) {
  return config::cloud_folder_from(std::get<json::Value>(json::parse(text)));
}

}  // namespace

TEST_CASE("sync.json says where config.json really is") {
  struct Row {
    std::string text, file;
  };
  const auto row = GENERATE(values<Row>({
      {R"({"enabled":true,"provider":"icloud","cloudPath":"/home/u/iCloud"})",
       "/home/u/iCloud/.start-claude/config.json"},
      {R"({"enabled":true,"provider":"onedrive","cloudPath":"/mnt/c/OneDrive//"})",
       "/mnt/c/OneDrive/.start-claude/config.json"},
      {R"({"enabled":true,"provider":"wsl-host","cloudPath":"/mnt/c/Users/u"})",
       "/mnt/c/Users/u/.start-claude/config.json"},
      {R"({"enabled":true,"provider":"custom","customPath":"/srv/a","cloudPath":"/srv/b"})",
       "/srv/a/.start-claude/config.json"},
      {R"({"enabled":"true","provider":"custom","cloudPath":"/"})", "/.start-claude/config.json"},
  }));
  INFO(row.text);
  const auto folder = read(row.text);
  REQUIRE(folder);
  REQUIRE(*folder);
  CHECK((*folder)->config_file == row.file);
  CHECK(config::s3_role_with(*folder) == config::S3Role::backup);
}

TEST_CASE("without a cloud folder S3 is how this machine syncs") {
  const std::string text = GENERATE(R"({"enabled":true,"provider":"s3"})", R"({})",
                                    R"({"enabled":false,"provider":"icloud","cloudPath":"/x"})");
  INFO(text);
  const auto folder = read(text);
  REQUIRE(folder);
  CHECK_FALSE(*folder);
  CHECK(config::s3_role_with(*folder) == config::S3Role::sync);
}

TEST_CASE("an enabled sync.json that does not say where is an error, not a guess") {
  struct Row {
    std::string text, message;
  };
  const auto row = GENERATE(values<Row>({
      {R"({"enabled":true,"provider":"icloud"})", "sync.json: cloudPath is missing"},
      {R"({"enabled":true,"provider":"custom","customPath":" "})",
       "sync.json: customPath is missing"},
      {R"({"enabled":true,"cloudPath":"/x"})", "sync.json: provider is missing"},
      {R"({"enabled":true,"provider":"icloud","cloudPath":["/x"]})",
       "sync.json: cloudPath is not a text"},
      {R"({"enabled":"perhaps"})", "sync.json: enabled is neither true nor false"},
      {R"([])", "sync.json: is not an object"},
  }));
  INFO(row.text);
  const auto folder = read(row.text);
  REQUIRE_FALSE(folder);
  CHECK(folder.error().kind == ErrorKind::invalid_data);
  CHECK(folder.error().message == row.message);
}
