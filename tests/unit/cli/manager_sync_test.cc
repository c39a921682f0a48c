// What the page asks of the program, on two machines and a server in memory.

#include "cli/manager_sync.h"

#include "config/document.h"
#include "json/write.h"
#include "machine.h"

namespace start_claude::cli {
namespace {

struct Page {
  explicit Page(Machine& of) : machine(of) {}

  json::Value sync(const std::optional<server::SyncAnswer>& answer = {}) {
    auto done = backend.sync({resolve::Direction::both, answer});
    REQUIRE(done);
    return *done;
  }
  std::string result() { return *sync().find("result")->as_string(); }
  std::string log() const { return json::write_compact(events.activity()); }

  Machine& machine;
  Options options{.command = Command::manager};
  server::ManagerEvents events{machine.clock};
  int saves = 0;
  ManagerSync backend{machine.host, options, events, [this] { ++saves; }};
};

struct TwoMachines {
  TwoMachines() {
    lark.edit("a");
    REQUIRE(lark_page.result() == "uploaded");
    heron.edit("a");
    REQUIRE(heron_page.result() == "in_sync");
    pass();
  }
  void pass(std::chrono::milliseconds time = std::chrono::minutes(10)) { clock.advance(time); }

  support::FakeClock clock;
  TestServer server{clock};
  Machine lark{clock, server, "lark"};
  Machine heron{clock, server, "heron"};
  Page lark_page{lark};
  Page heron_page{heron};
};

TEST_CASE_METHOD(TwoMachines, "opening brings in what is newer by more than 30 s, and says so") {
  lark.edit("b");
  REQUIRE(lark_page.result() == "uploaded");
  pass();
  const std::string said = heron_page.backend.open();
  CHECK(said.starts_with("Remote is newer by 10 min (lark); downloaded 1 profile: "));
  CHECK(said.ends_with(" Undo: start-claude s3-restore --last"));
  CHECK(heron.has_model("b"));
  CHECK(heron_page.backend.open() == "In sync with the remote copy.");
}

TEST_CASE_METHOD(TwoMachines, "opening leaves alone what is barely newer") {
  heron.edit("a", R"(,"mine":1)");
  pass(std::chrono::seconds(18));
  lark.edit("b");
  REQUIRE(lark_page.result() == "uploaded");
  pass();
  CHECK(heron_page.backend.open() == "Remote newer by 18 s; left alone.");
  CHECK(heron.has_model("a"));
}

TEST_CASE_METHOD(TwoMachines, "opening leaves alone a file that was edited just now") {
  lark.edit("b");
  REQUIRE(lark_page.result() == "uploaded");
  pass();
  heron.edit("a", R"(,"mine":1)");
  pass(std::chrono::seconds(9));
  CHECK(heron_page.backend.open() == "Local file changed 9 s ago; sync skipped.");
  CHECK(heron.has_model("a"));
}

TEST_CASE_METHOD(TwoMachines,
                 "opening without the server, or without settings, shows what is here") {
  server.is_down = true;
  CHECK(heron_page.backend.open() == "Remote not reachable; showing local profiles.");
  heron.files.write_in_place(test_config, R"({"configs":[{"name":"production"}]})");
  CHECK(heron_page.backend.open() == "S3 sync is not configured; showing local profiles.");
}

TEST_CASE_METHOD(TwoMachines, "a conflict is a question; its answer settles it") {
  lark.edit("b");
  REQUIRE(lark_page.result() == "uploaded");
  heron.edit("c");
  const json::Value asked = heron_page.sync();
  REQUIRE(*asked.find("result")->as_string() == "question");
  const json::Value& question = *asked.find("question");
  CHECK(*question.find("topic")->as_string() == "choose_fields");
  const json::Value& conflict = question.find("conflicts")->as_array()->front();
  CHECK(*conflict.find("name")->as_string() == "production.model");
  CHECK(*conflict.find("was")->as_string() == "a");
  CHECK(*conflict.find("local")->as_string() == "c");
  CHECK(*conflict.find("remote")->as_string() == "b");
  CHECK(heron.has_model("c"));

  server::SyncAnswer answer{
      .topic = resolve::Topic::choose_fields,
      .answer = {.option = resolve::Option::yes,
                 .choices = {{{"configs", "production", "model"}, resolve::Side::remote}}},
      .local = *question.find("seen")->find("local")->as_string(),
      .remote = *question.find("seen")->find("remote")->as_string()};

  SECTION("about what was seen, it counts") {
    CHECK(*heron_page.sync(answer).find("result")->as_string() == "downloaded");
    CHECK(heron.has_model("b"));
  }
  SECTION("about anything else, it is asked again") {
    heron.edit("d");
    const json::Value again = heron_page.sync(answer);
    CHECK(*again.find("result")->as_string() == "question");
    CHECK(heron.has_model("d"));
  }
  SECTION("declined, nothing changes") {
    answer.answer = {.option = resolve::Option::no};
    CHECK(*heron_page.sync(answer).find("result")->as_string() == "held");
    CHECK(heron.has_model("c"));
  }
}

TEST_CASE_METHOD(TwoMachines, "an edit uploads itself unless the settings forbid it") {
  heron.edit("c", R"(,"autoUpload":false)");
  CHECK(heron_page.backend.upload_by_itself());
  CHECK(lark_page.result() == "in_sync");
  heron.edit("c");
  CHECK(heron_page.backend.upload_by_itself());
  CHECK(lark_page.result() == "downloaded");
  CHECK(lark.has_model("c"));
  CHECK(heron_page.log().find("Uploaded 1 profile") != std::string::npos);
}

TEST_CASE_METHOD(TwoMachines, "while another run is at work, an upload waits") {
  heron.edit("c", R"(,"autoUpload":true)");
  const auto lock = heron.files.try_lock("/home/me/.start-claude/s3.lock", "s3-sync");
  CHECK_FALSE(heron_page.backend.upload_by_itself());
}

TEST_CASE_METHOD(TwoMachines, "the status has both sides, who wrote, and what is next, no secret") {
  lark.edit("b");
  REQUIRE(lark_page.result() == "uploaded");
  pass();
  heron.edit("c");
  const json::Value here = heron_page.backend.status(server::Looking::here);
  CHECK(here.find("remote") == nullptr);
  CHECK(json::write_compact(*here.find("pending")) == "1");
  const json::Value status = heron_page.backend.status(server::Looking::there);
  CHECK(*status.find("remote")->find("writer")->as_string() == "lark");
  CHECK(*status.find("newer")->as_string() == "local");
  CHECK(*status.find("difference")->as_string() == "newer by 10 min");
  CHECK(*status.find("needsDecision")->as_bool());
  CHECK(json::write_compact(status).find("hush") == std::string::npos);
  server.is_down = true;
  const json::Value down = heron_page.backend.status(server::Looking::there);
  CHECK(*down.find("problem")->find("kind")->as_string() == "unreachable");
  CHECK(down.find("local") != nullptr);
}

TEST_CASE_METHOD(TwoMachines, "the history lists what was, and has it") {
  lark.edit("b");
  REQUIRE(lark_page.result() == "uploaded");
  auto listed = lark_page.backend.revisions(server::Looking::there);
  REQUIRE(listed);
  const json::Array& revisions = *listed->find("revisions")->as_array();
  REQUIRE(revisions.size() == 2);
  CHECK(*revisions[0].find("here")->as_bool());
  const auto earlier = lark_page.backend.document_of(*revisions[1].find("revision")->as_string());
  REQUIRE(earlier);
  CHECK(json::write_compact(*earlier).find(R"("model":"a")") != std::string::npos);
  CHECK_FALSE(lark_page.backend.document_of("0123"));
}

TEST_CASE_METHOD(TwoMachines, "what was restored replaces the remote, newer edits or not") {
  lark.edit("b");
  REQUIRE(lark_page.result() == "uploaded");
  heron.edit("a", R"(,"mine":1)");
  CHECK(*heron_page.backend.upload_restored() == server::RestoreUpload::uploaded);
  CHECK(*heron_page.backend.upload_restored() == server::RestoreUpload::in_sync);
  CHECK(lark_page.result() == "downloaded");
  CHECK(lark.has_model("a"));
  heron.files.write_in_place(test_config, R"({"configs":[{"name":"production"}]})");
  CHECK(*heron_page.backend.upload_restored() == server::RestoreUpload::no_remote);
}

TEST_CASE_METHOD(TwoMachines, "what opening found is shown for as long as it is so") {
  const auto opening = [this] {
    return *heron_page.backend.status(server::Looking::here).find("opening")->as_string();
  };
  SECTION("until a sync") {
    server.is_down = true;
    (void)heron_page.backend.open();
    CHECK(opening() == "Remote not reachable; showing local profiles.");
    server.is_down = false;
    CHECK(heron_page.result() == "in_sync");
    CHECK(opening().empty());
  }
  SECTION("until there are settings") {
    heron.files.write_in_place(test_config, R"({"configs":[{"name":"production"}]})");
    (void)heron_page.backend.open();
    CHECK(opening() == "S3 sync is not configured; showing local profiles.");
    heron.edit("a");
    CHECK(heron_page.backend.status(server::Looking::here).find("opening") == nullptr);
  }
}

TEST_CASE_METHOD(TwoMachines, "settings are tried out before they are saved") {
  const auto document = [](const std::string& bucket) {
    auto local = Machine::config("a");
    local.replace(local.find("\"team\""), 6, "\"" + bucket + "\"");
    return *config::parse_document(local);
  };
  const auto works = lark_page.backend.test_connection(document("team"));
  REQUIRE(works);
  CHECK(works->said.starts_with("readable: 1 profile"));
  const auto fails = lark_page.backend.test_connection(document("nobody"));
  REQUIRE_FALSE(fails);
  CHECK(fails.error().kind == ErrorKind::no_such_bucket);
}

TEST_CASE_METHOD(TwoMachines,
                 "on a machine that only reads the page uploads nothing, and says why") {
  heron.edit("b", R"(,"readOnly":true)");
  server.methods.clear();
  const auto refused = heron_page.backend.sync({resolve::Direction::up, std::nullopt});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "this machine only reads; nothing was uploaded");
  CHECK(heron_page.result() == "in_sync");
  CHECK(server.count("PUT") == 0);
}

}  // namespace
}  // namespace start_claude::cli
