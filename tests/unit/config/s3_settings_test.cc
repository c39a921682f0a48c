#include "config/s3_settings.h"

#include <catch2/catch.hpp>

#include "json/parse.h"
#include "json/write.h"

using namespace start_claude;
using config::S3Settings;
using namespace std::chrono_literals;

namespace {

json::Value value(std::string_view text) { return std::get<json::Value>(json::parse(text)); }

json::Value document_with(const std::string& members) {
  return value(R"({"settings":{"s3Sync":{)" + members + "}}}");
}

const std::string complete =
    R"("bucket":"b","region":"eu-west-1","accessKeyId":"AKIA","secretAccessKey":"hush")";

S3Settings settings_of(const std::string& members) {
  return config::s3_settings_from(document_with(members)).value().value();
}

std::string s3_sync_text(const json::Value& document) {
  return json::write_compact(*document.find("settings")->find("s3Sync"));
}

}  // namespace

TEST_CASE("settings are read with their defaults") {
  const auto settings = settings_of(complete);
  CHECK(settings.bucket == "b");
  CHECK(settings.region == "eu-west-1");
  CHECK(settings.key == "start-claude-config.json");
  CHECK(settings.endpoint_url == std::nullopt);
  CHECK(settings.access_key_id == "AKIA");
  CHECK(settings.secret_access_key.reveal() == "hush");
  CHECK(settings.preferences.auto_upload == std::nullopt);
  CHECK(settings.preferences.uploads());
  CHECK(settings.preferences.downloads());
}

TEST_CASE("settings are read as they were meant") {
  CHECK(settings_of(complete + R"(,"key":"/a/b.json")").key == "a/b.json");
  CHECK(settings_of(complete + R"(,"key":"/")").key == "start-claude-config.json");
  CHECK(settings_of(R"("bucket":" b\n","accessKeyId":"A","secretAccessKey":"hush\n")")
            .secret_access_key.reveal() == "hush");
  CHECK(settings_of(complete + R"(,"endpointUrl":"","sessionToken":null)").endpoint_url ==
        std::nullopt);
  CHECK(settings_of(complete + R"(,"endpoint":"https://x")").endpoint_url == "https://x");
  CHECK(
      settings_of(complete + R"(,"endpointUrl":"https://y","endpoint":"https://x")").endpoint_url ==
      "https://y");
  CHECK(settings_of(complete + R"(,"caFile":"/etc/ca.pem")").ca_file == "/etc/ca.pem");
  CHECK(settings_of(complete + R"(,"readOnly":true)").read_only == true);
  CHECK(settings_of(R"("bucket":20231)").bucket == "20231");
  CHECK(settings_of(R"("bucket":"b","credentials":"env")").credentials_from ==
        config::CredentialsFrom::environment);
  CHECK(settings_of(R"("bucket":"b","credentials":"profile:home")").profile == "home");
}

TEST_CASE("what is missing or strange is named, and no value is told") {
  struct Row {
    std::string members, complaint;
  };
  const auto row = GENERATE(values<Row>({
      {R"("region":"r")", "bucket is missing"},
      {R"("bucket":"  ")", "bucket is missing"},
      {R"("bucket":["hush"])", "bucket is not a text"},
      {R"("bucket":"b","secretAccessKey":"hush")", "accessKeyId is missing"},
      {R"("bucket":"b","accessKeyId":"A")", "secretAccessKey is missing"},
      {R"("bucket":"b","accessKeyId":"A","secretAccessKey":{"hush":1})",
       "secretAccessKey is not a text"},
      {complete + R"(,"sessionToken":true)", "sessionToken is not a text"},
      {complete + R"(,"readOnly":"hush")", "readOnly is neither true nor false"},
      {complete + R"(,"addressing":"hush")", "addressing is neither path nor virtual"},
      {complete + R"(,"credentials":"hush")",
       "credentials is neither stored, env nor profile:NAME"},
  }));
  INFO(row.members);
  const auto settings = config::s3_settings_from(document_with(row.members));
  REQUIRE_FALSE(settings);
  CHECK(settings.error().kind == ErrorKind::not_configured);
  CHECK(settings.error().message == "settings.s3Sync." + row.complaint);
  CHECK(settings.error().message.find("hush") == std::string::npos);
}

TEST_CASE("no settings are no error") {
  const std::string text =
      GENERATE(R"({})", R"({"settings":{}})", R"({"settings":{"s3Sync":null}})",
               R"({"settings":{"s3Sync":{}}})", R"({"settings":7})");
  INFO(text);
  const auto settings = config::s3_settings_from(value(text));
  REQUIRE(settings);
  CHECK_FALSE(*settings);
  CHECK_FALSE(config::s3_settings_from(value(R"({"settings":{"s3Sync":7}})")));
}

TEST_CASE("saving what was read changes nothing, however it was typed") {
  const std::string members =
      GENERATE(R"("bucket":" b ","region":"","key":"/k","autoUpload":"true","future":[1.10])",
               R"("bucket":"b","key":"k","autoUpload":0,"autoDownload":"hush")",
               R"("key":"k","bucket":7,"endpoint":"https://x","conflictResolution":"odd")",
               R"("bucket":"b","key":"k","remoteConfigCheckIntervalMinutes":"1","caFile":null)",
               R"("bucket":"b","key":"k","credentials":"stored","sessionToken":" t ")",
               R"("bucket":"b","key":"k","credentials":"profile:home","addressing":"path")");
  INFO(members);
  const auto document = document_with(members);
  const auto settings = config::s3_settings_from(document).value().value();
  CHECK(s3_sync_text(config::with_s3_settings(document, settings)) == "{" + members + "}");
}

TEST_CASE("the key is written even if it is the default: the other writer has another one") {
  CHECK(s3_sync_text(config::with_s3_settings(value("{}"), S3Settings{.bucket = "b"})) ==
        R"({"bucket":"b","key":"start-claude-config.json"})");
}

TEST_CASE("what was changed is saved, and read again as it was meant") {
  auto settings =
      settings_of(complete + R"(,"future":1,"endpoint":"https://old","autoUpload":true)");
  settings.endpoint_url = "https://new";
  settings.preferences.auto_upload = false;
  settings.preferences.auto_download = true;
  settings.preferences.conflict_resolution = config::ConflictResolution::local;
  settings.preferences.remote_check_interval = 15min;
  settings.key = "other.json";
  settings.session_token = Secret("t");
  settings.ca_file = "/etc/ca.pem";
  settings.addressing = "virtual";
  settings.read_only = true;
  const auto saved = config::with_s3_settings(
      document_with(complete + R"(,"future":1,"endpoint":"https://old","autoUpload":true)"),
      settings);
  CHECK(s3_sync_text(saved) ==
        "{" + complete +
            R"(,"future":1,"autoUpload":false,"sessionToken":"t","key":"other.json",)" +
            R"("endpointUrl":"https://new","caFile":"/etc/ca.pem","addressing":"virtual",)" +
            R"("readOnly":true,"autoDownload":true,"conflictResolution":"local",)" +
            R"("remoteConfigCheckIntervalMinutes":15})");
  const auto again = config::s3_settings_from(saved).value().value();
  CHECK(again.endpoint_url == settings.endpoint_url);
  CHECK(again.session_token == settings.session_token);
}

TEST_CASE("credentials that come from elsewhere are not kept in the file") {
  auto settings = settings_of(complete + R"(,"sessionToken":"t")");
  settings.credentials_from = config::CredentialsFrom::environment;
  const auto saved =
      config::with_s3_settings(document_with(complete + R"(,"sessionToken":"t")"), settings);
  CHECK(s3_sync_text(saved) ==
        R"({"bucket":"b","region":"eu-west-1","key":"start-claude-config.json",)"
        R"("credentials":"env"})");
}

TEST_CASE("s3-config.json holds the same settings, once or twice wrapped") {
  const std::string text =
      GENERATE(R"({"version":1,"s3Config":{"bucket":"b"},"metadata":{"m":1}})",
               R"({"version":1,"s3Config":{"s3Config":{"bucket":"b"}},"metadata":{"m":1}})");
  INFO(text);
  auto settings = config::s3_settings_from_s3_config(value(text)).value().value();
  CHECK(settings.bucket == "b");
  settings.bucket = "c";
  const auto saved = config::s3_config_with(value(text), settings);
  CHECK(config::s3_settings_from_s3_config(saved).value().value().bucket == "c");
  CHECK(*saved.find("metadata") == value(R"({"m":1})"));
  const bool was_wrapped_twice = value(text).find("s3Config")->find("s3Config") != nullptr;
  CHECK((saved.find("s3Config")->find("s3Config") != nullptr) == was_wrapped_twice);
}

TEST_CASE("an s3-config.json without settings is no error, a broken one is") {
  CHECK_FALSE(config::s3_settings_from_s3_config(value(R"({"version":1})")).value());
  CHECK_FALSE(config::s3_settings_from_s3_config(value(R"({"s3Config":null})")).value());
  CHECK_FALSE(config::s3_settings_from_s3_config(value(R"({"s3Config":{"s3Config":{}}})")).value());
  CHECK_FALSE(config::s3_settings_from_s3_config(value(R"({"s3Config":"x"})")));
  const auto incomplete = config::s3_settings_from_s3_config(value(R"({"s3Config":{"key":"k"}})"));
  REQUIRE_FALSE(incomplete);
  CHECK(incomplete.error().message == "s3Config.bucket is missing");
}
