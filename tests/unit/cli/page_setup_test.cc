// S3 set up on the page: what s3-setup does, by PUT /api/settings over the real engine.
#include "cli/commands.h"
#include "cli/manager_sync.h"
#include "json/parse.h"
#include "json/write.h"
#include "machine.h"
#include "server/manager_api.h"
#include "server/manager_document.h"
#include "sync/paths.h"

namespace start_claude::cli {
namespace {

using Catch::Contains;

const std::string nothing = R"({"configs":[]})";
const std::string laptop = R"({"configs":[{"name":"laptop","model":"m1"}]})";
const std::string connection =
    R"("bucket":"team","region":"us-east-1","endpointUrl":"http://127.0.0.1:9010",)"
    R"("accessKeyId":"AKIDEXAMPLE","secretAccessKey":"hush","key":"c.json")";

struct Page {
  json::Value ask(const std::string& method, const std::string& path, const std::string& body) {
    http::Request request{method, {.scheme = "http", .host = "127.0.0.1", .port = 2334}, {}, body};
    request.uri.path = path;
    const auto answered = json::parse(api.answer(request).body);
    return std::get<json::Value>(answered);
  }
  json::Value save(const std::string& s3_sync = connection) {
    return ask("PUT", "/api/settings", R"({"settings":{"s3Sync":{)" + s3_sync + "}}}");
  }
  static std::string text_of(const json::Value& value, std::string_view name) {
    const json::Value* member = value.find(name);
    return member != nullptr && member->as_string() != nullptr ? *member->as_string() : "";
  }
  /// "downloaded", "question": what became of what was there.
  std::string settled(const json::Value& answer) {
    const json::Value* sync = answer.find("sync");
    return sync != nullptr ? text_of(*sync, "result") : "not tried";
  }
  /// Somebody else's profiles, in the bucket.
  void fill_bucket(const std::string& model = "m2") {
    heron.edit(model);
    REQUIRE(run_command(heron.host, {.command = Command::sync, .automatic = true}) == 0);
    clock.advance(std::chrono::hours(1));
    server.methods.clear();
  }
  void write(const std::string& text) { lark.files.write_in_place(test_config, text); }

  support::FakeClock clock;
  TestServer server{clock};
  Machine lark{clock, server, "lark"};
  Machine heron{clock, server, "heron"};
  Options options{.command = Command::manager};
  server::ManagerEvents events{clock};
  ManagerSync backend{lark.host, options, events, [] {}};
  server::ManagerDocument document{
      {lark.files, clock, lark.random, lark.environment, [](const auto&) {}},
      sync::paths_beside(test_config),
      "lark"};
  server::ManagerApi api{{document, backend, events, clock, lark.random, "start-claude 0"}};
};

TEST_CASE_METHOD(Page, "no profiles here and some there: they come") {
  const bool has_file = GENERATE(true, false);
  fill_bucket();
  if (has_file) write(nothing);
  const json::Value answer = save();
  CHECK(settled(answer) == "downloaded");
  CHECK(lark.has_model("m2"));
  CHECK_THAT(lark.local(), Contains(R"("secretAccessKey":"hush")"));
}

TEST_CASE_METHOD(Page, "profiles here and nothing there: they go") {
  write(laptop);
  CHECK(settled(save()) == "uploaded");
  CHECK(server.count("PUT") > 0);
}

TEST_CASE_METHOD(Page, "nothing anywhere: the settings are saved, and that is all") {
  write(nothing);
  CHECK(settled(save()) == "in_sync");
  CHECK(server.count("PUT") == 0);
  CHECK_THAT(lark.local(), Contains(R"("bucket":"team")"));
}

TEST_CASE_METHOD(Page, "profiles on both sides: both are shown, and nothing is done unasked") {
  fill_bucket();
  write(laptop);
  clock.advance(std::chrono::hours(1));
  const json::Value answer = save();
  REQUIRE(settled(answer) == "question");
  const json::Value& question = *answer.find("sync")->find("question");
  CHECK(text_of(question, "topic") == "choose_side");
  CHECK(text_of(*question.find("remote"), "writer") == "heron");
  CHECK(json::write_compact(*question.find("remote")->find("profiles")) == R"(["production"])");
  CHECK(json::write_compact(*question.find("local")->find("profiles")) == R"(["laptop"])");
  CHECK_FALSE(text_of(*question.find("remote"), "time").empty());
  CHECK_FALSE(text_of(*question.find("local"), "time").empty());
  CHECK(server.count("PUT") == 0);
  // What is preselected keeps both; what removes a profile names it.
  CHECK(text_of(question, "default") == "keep_both");
  const json::Value& consequences = *question.find("consequences");
  CHECK_THAT(text_of(consequences, "take_remote"), Contains("laptop"));
  CHECK_THAT(text_of(consequences, "replace_remote"), Contains("production"));
  CHECK(text_of(consequences, "keep_both").empty());

  // Nor does what goes by itself decide it, while a person is about to.
  CHECK(backend.upload_by_itself());
  CHECK(server.count("PUT") == 0);
  CHECK(lark.has_model("m1"));
  CHECK_FALSE(lark.has_model("m2"));
  // What is edited afterwards is another matter.
  clock.advance(std::chrono::hours(1));
  std::string edited = lark.local();
  edited.replace(edited.find("m1"), 2, "m3");
  write(edited);
  CHECK(backend.upload_by_itself());
  CHECK(server.count("PUT") > 0);
}

TEST_CASE_METHOD(Page, "an answer that chooses nothing keeps both sides' profiles") {
  fill_bucket();
  write(laptop);
  clock.advance(std::chrono::hours(1));
  const json::Value answer = save();
  REQUIRE(settled(answer) == "question");
  json::Value chosen = *answer.find("sync")->find("question")->find("seen");
  chosen.as_object()->set("topic", "choose_side");
  const json::Value done =
      ask("POST", "/api/sync", json::write_compact(json::Object{{"answer", std::move(chosen)}}));
  CHECK(text_of(done, "result") == "merged");
  CHECK(lark.has_model("m1"));
  CHECK(lark.has_model("m2"));
  CHECK(server.count("PUT") > 0);
}

TEST_CASE_METHOD(Page, "what is restored here only stays here, until it is edited or synced") {
  write(laptop);
  REQUIRE(settled(save()) == "uploaded");
  const std::string first = text_of(ask("GET", "/api/configs", ""), "content");
  std::string edited = lark.local();
  edited.replace(edited.find("m1"), 2, "m2");
  write(edited);
  REQUIRE(backend.upload_by_itself());
  server.methods.clear();
  (void)ask("POST", "/api/restore", R"({"content":")" + first + R"(","upload":false})");
  REQUIRE(lark.has_model("m1"));
  CHECK(backend.upload_by_itself());
  CHECK(server.methods.empty());
  CHECK(text_of(ask("POST", "/api/sync", R"({"direction":"both"})"), "result") == "uploaded");
}

TEST_CASE_METHOD(Page, "what a key may not read is said, and is not taken for nothing") {
  fill_bucket();
  write(laptop);
  server.denies_get = server.denies_put = true;
  const json::Value answer = save();
  CHECK_THAT(json::write_compact(answer), Contains("access_denied"));
  CHECK_THAT(json::write_compact(answer), !Contains("nothing"));
  CHECK(server.count("GET") > 0);
}

TEST_CASE_METHOD(Page, "settings that do not connect elsewhere settle nothing") {
  write(laptop);
  (void)save();
  server.methods.clear();
  CHECK(settled(save(R"("autoUpload":false)")) == "not tried");
  CHECK(server.methods.empty());
}

TEST_CASE_METHOD(Page, "a region that the server names is saved") {
  write(laptop);
  server.region = "eu-west-9";
  CHECK(settled(save()) == "uploaded");
  CHECK_THAT(lark.local(), Contains(R"("region":"eu-west-9")"));
}

TEST_CASE_METHOD(Page, "saving the settings makes the profiles no newer than they are") {
  write(laptop);
  (void)save();
  const auto modified_now = [this] {
    return std::get<platform::FileStatus>(lark.files.status(test_config)).modified;
  };
  const auto modified = modified_now();
  clock.advance(std::chrono::hours(3));
  const auto changed = GENERATE(R"("autoUpload":false)", R"("readOnly":true)", R"("key":"d.json")");
  CHECK_THAT(json::write_compact(save(changed)), Contains("Saved the settings"));
  CHECK(modified_now() == modified);
}

}  // namespace
}  // namespace start_claude::cli
