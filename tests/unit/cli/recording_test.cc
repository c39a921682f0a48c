#include "cli/recording.h"

#include <catch2/catch.hpp>

#include "support/fake_clock.h"
#include "support/fake_random.h"
#include "support/memory_filesystem.h"
#include "support/scripted_transport.h"

namespace start_claude::cli {
namespace {

s3::Credentials credentials() {
  return {.access_key_id = "AKIAREALREALREAL",
          .secret_access_key = Secret("the-secret"),
          .session_token = Secret("the-token")};
}

struct Row {
  std::string shows;
  std::string text;
  std::string recorded;
};

TEST_CASE("a recording shows no secret") {
  const auto row = GENERATE(values<Row>({
      {"a document's keys", R"({"apiKey": "sk-1", "model": "opus"})",
       R"({"apiKey": "{any}", "model": "opus"})"},
      {"our own settings", R"({"accessKeyId": "AKIAREALREALREAL", "secretAccessKey": "x"})",
       R"({"accessKeyId": "{any}", "secretAccessKey": "{any}"})"},
      {"what a server repeats", "<Message>the-token and the-token</Message>",
       "<Message>{any} and {any}</Message>"},
      {"the secret, wherever", "x the-secret y", "x {any} y"},
      {"the key id, wherever", "x AKIAREALREALREAL y", "x {any} y"},
      {"a refused signature",
       "<AWSAccessKeyId>AKIAOTHER</AWSAccessKeyId>"
       "<SignatureProvided>0123</SignatureProvided>",
       "<AWSAccessKeyId>{any}</AWSAccessKeyId><SignatureProvided>{any}</SignatureProvided>"},
      {"key ids of examples stay", "<AWSAccessKeyId>AKIAIOSFODNN7EXAMPLE</AWSAccessKeyId>",
       "<AWSAccessKeyId>AKIAIOSFODNN7EXAMPLE</AWSAccessKeyId>"},
      {"an ETag", "\"58922b7c76fe278a1c5b2d7203df4fe1\"", "\"58922b7c76fe278a1c5b2d7203df4fe1\""},
  }));
  INFO(row.shows);
  CHECK(redacted(row.text, {credentials()}) == row.recorded);
}

TEST_CASE("of a service for credentials a recording shows what was asked, and no answer") {
  const auto row = GENERATE(values<Row>({
      {"nothing", "", ""},
      {"a metadata service's path", "/latest/api/token", "/latest/api/token"},
      {"a container's path, which is a secret", "/v2/credentials/0f1e2d3c", "/{any}"},
      {"a length", "1234", "1234"},
      {"a type", "application/x-www-form-urlencoded", "application/x-www-form-urlencoded"},
      {"a date", "Sun, 22 Nov 2026 08:14:03 GMT", "Sun, 22 Nov 2026 08:14:03 GMT"},
      {"a form", "Action=AssumeRole&RoleArn=r", "{any}"},
      {"a token", "AQAEAJ3TOKEN==", "{any}"},
      {"credentials", R"({"AccessKeyId": "A", "Token": "t"})", "{any}"},
      {"a refusal, and not what it repeats",
       "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>"
       "<Message>RoleArn=r</Message></Error></ErrorResponse>",
       "<Error><Code>AccessDenied</Code></Error>"},
  }));
  INFO(row.shows);
  CHECK(redacted_of_credentials_service(row.text) == row.recorded);
}

TEST_CASE("a recording holds all connections of a run and only its owner may read it") {
  support::FakeClock clock;
  support::FakeRandom random;
  support::MemoryFileSystem files(clock);
  (void)files.make_folder("/tmp", 0700);
  files.write_in_place("/tmp/run.http", "an older recording");
  Recording recording;
  for (const char* path : {"/a", "/b"}) {
    auto inner = std::make_unique<support::ScriptedTransport>(clock);
    inner->answer(http::Response{.status = 404});
    auto& transport = recording.wrap(std::move(inner));
    (void)transport.send(
        {.method = "GET", .uri = *http::parse_uri("http://host" + std::string(path))}, {});
  }
  REQUIRE(save_recording(recording, "/tmp/run.http", files, random));
  const std::string text = files.text_of("/tmp/run.http").value_or("");
  CHECK(text.starts_with("# start-claude "));
  const auto exchanges = http::parse_exchanges(text);
  REQUIRE(exchanges);
  REQUIRE(exchanges->size() == 2);
  CHECK(exchanges->back().request.uri.path == "/b");
  CHECK(std::get<platform::FileStatus>(files.status("/tmp/run.http")).mode == 0600);
}

TEST_CASE("a recording that cannot be written is an error that names the file") {
  const support::FakeClock clock;
  support::FakeRandom random;
  support::MemoryFileSystem files(clock);
  const auto saved = save_recording({}, "/nowhere/run.http", files, random);
  REQUIRE_FALSE(saved);
  CHECK(saved.error().kind == ErrorKind::local_disk);
  CHECK(saved.error().message.find("/nowhere/run.http") != std::string::npos);
}

}  // namespace
}  // namespace start_claude::cli
