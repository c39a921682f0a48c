// Undo on the page: both sides have again what they had before the sync, or nothing changes.

#include "cli/manager_sync.h"
#include "json/write.h"
#include "machine.h"

namespace start_claude::cli {
namespace {

/// config.json with these profiles and S3 settings.
std::string config_of(const std::vector<std::string>& names) {
  std::string profiles;
  for (const std::string& name : names) {
    profiles += (profiles.empty() ? "" : ",") +
                (R"({"name":")" + name + R"(","model":"of )" + name + R"("})");
  }
  std::string text = Machine::config("?");
  const auto begin = text.find('[') + 1;
  return text.replace(begin, text.find(']') - begin, profiles);
}

struct Page {
  Page(support::FakeClock& clock, TestServer& server, const std::string& name)
      : machine(clock, server, name), events(clock) {}

  void write(const std::vector<std::string>& names) {
    machine.files.write_in_place(test_config, config_of(names));
  }
  json::Value sync(const std::optional<server::SyncAnswer>& answer = {}) {
    machine.clock.advance(std::chrono::minutes(10));
    auto done = backend.sync({resolve::Direction::both, answer});
    REQUIRE(done);
    return *done;
  }
  std::string result() { return *sync().find("result")->as_string(); }
  /// The sync asks which side is right, and gets `option`.
  json::Value settle(resolve::Option option) {
    const json::Value asked = sync();
    REQUIRE(*asked.find("result")->as_string() == "question");
    const json::Value& seen = *asked.find("question")->find("seen");
    return sync(server::SyncAnswer{.topic = resolve::Topic::choose_side,
                                   .answer = {.option = option},
                                   .local = *seen.find("local")->as_string(),
                                   .remote = *seen.find("remote")->as_string()});
  }
  Result<json::Value> undo(const json::Value& synced) {
    INFO(json::write_compact(synced));
    REQUIRE(synced.find("undo") != nullptr);
    return backend.undo_sync(*synced.find("local")->find("revision")->as_string());
  }
  bool has(const std::string& name) const {
    return machine.local().find("\"name\":\"" + name + '"') != std::string::npos;
  }
  std::string log() const { return json::write_compact(events.activity()); }

  Machine machine;
  Options options{.command = Command::manager};
  server::ManagerEvents events;
  ManagerSync backend{machine.host, options, events, [] {}};
};

std::string said(const json::Value& answer) { return *answer.find("said")->as_string(); }

/// lark has uploaded `production`; heron has `home` and never synced.
struct Strangers {
  Strangers() {
    lark.write({"production"});
    REQUIRE(lark.result() == "uploaded");
    heron.write({"home"});
  }

  support::FakeClock clock;
  TestServer server{clock};
  Page lark{clock, server, "lark"};
  Page heron{clock, server, "heron"};
};

TEST_CASE_METHOD(Strangers, "each side gets its own back, whatever had been chosen") {
  const auto option = GENERATE(resolve::Option::keep_both, resolve::Option::take_remote,
                               resolve::Option::replace_remote);
  const json::Value synced = heron.settle(option);
  const auto undone = heron.undo(synced);
  REQUIRE(undone);
  CHECK(said(*undone).starts_with("Restored 1 profile "));
  CHECK(heron.has("home"));
  CHECK_FALSE(heron.has("production"));
  // Nothing repeats that sync unasked.
  server.methods.clear();
  heron.machine.files.write_in_place(test_config, heron.machine.local());
  CHECK(heron.backend.upload_by_itself());
  CHECK(server.count("PUT") == 0);
  (void)lark.sync();
  CHECK(lark.has("production"));
  CHECK_FALSE(lark.has("home"));
  CHECK(*heron.sync().find("result")->as_string() == "question");
}

TEST_CASE_METHOD(Strangers, "a sync is undone once") {
  const json::Value synced = heron.settle(resolve::Option::keep_both);
  REQUIRE(heron.undo(synced));
  const std::string before = heron.machine.local();
  const auto again = heron.undo(synced);
  REQUIRE_FALSE(again);
  CHECK(again.error().kind == ErrorKind::undecided);
  CHECK(heron.machine.local() == before);
}

TEST_CASE_METHOD(Strangers, "what was edited here since is left alone") {
  const json::Value synced = heron.settle(resolve::Option::keep_both);
  heron.write({"home", "production", "newer"});
  const auto undone = heron.undo(synced);
  REQUIRE_FALSE(undone);
  CHECK(undone.error().kind == ErrorKind::undecided);
  CHECK(undone.error().message == "the profiles here were changed since; nothing was brought back");
  CHECK(heron.has("newer"));
}

TEST_CASE_METHOD(Strangers, "what another machine uploaded since is left alone") {
  const json::Value synced = heron.settle(resolve::Option::keep_both);
  REQUIRE(lark.result() == "downloaded");
  lark.write({"home", "production", "newer"});
  REQUIRE(lark.result() == "uploaded");
  const std::string before = heron.machine.local();
  const auto undone = heron.undo(synced);
  REQUIRE_FALSE(undone);
  CHECK(undone.error().kind == ErrorKind::undecided);
  CHECK(undone.error().message ==
        "the remote copy was changed since by lark; nothing was brought back");
  CHECK(heron.machine.local() == before);
}

/// Both have `a` to `e` by a sync.
struct Fleet {
  Fleet() {
    lark.write({"a", "b", "c", "d", "e"});
    REQUIRE(lark.result() == "uploaded");
    heron.write({"a", "b", "c", "d", "e"});
    REQUIRE(heron.result() == "in_sync");
  }

  support::FakeClock clock;
  TestServer server{clock};
  Page lark{clock, server, "lark"};
  Page heron{clock, server, "heron"};
};

TEST_CASE_METHOD(Fleet, "a removal that came here is taken back on both sides") {
  lark.write({"a", "b", "c", "d"});
  REQUIRE(lark.result() == "uploaded");
  const json::Value synced = heron.sync();
  REQUIRE_FALSE(heron.has("e"));

  SECTION("as it is") {
    const auto undone = heron.undo(synced);
    REQUIRE(undone);
    CHECK(said(*undone) == "Restored 5 profiles and uploaded them: e added.");
    CHECK(undone->find("problem") == nullptr);
    CHECK(heron.has("e"));
    CHECK(heron.log().find("Restored 5 profiles and uploaded them: e added.") != std::string::npos);
    CHECK(lark.result() == "downloaded");
    CHECK(lark.has("e"));
  }
  SECTION("not over what was uploaded since") {
    lark.write({"a", "b", "c", "f"});
    REQUIRE(lark.result() == "uploaded");
    const auto undone = heron.undo(synced);
    REQUIRE_FALSE(undone);
    CHECK(undone.error().message ==
          "the remote copy was changed since by lark; nothing was brought back");
    CHECK_FALSE(heron.has("e"));
  }
  SECTION("not without the server") {
    server.is_down = true;
    const auto undone = heron.undo(synced);
    REQUIRE_FALSE(undone);
    CHECK(undone.error().kind == ErrorKind::unreachable);
    CHECK_FALSE(heron.has("e"));
  }
  SECTION("here, where it may not be uploaded") {
    server.denies_put = true;
    const auto undone = heron.undo(synced);
    REQUIRE(undone);
    CHECK(said(*undone) == "Restored 5 profiles here: e added.");
    CHECK(*undone->find("problem")->find("kind")->as_string() == "access_denied");
    CHECK(heron.has("e"));
  }
}

TEST_CASE_METHOD(Fleet, "an undo that removes many profiles is not asked about") {
  lark.write({"b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"});
  REQUIRE(lark.result() == "uploaded");
  const json::Value synced = heron.sync();
  REQUIRE(heron.has("l"));
  const auto undone = heron.undo(synced);
  REQUIRE(undone);
  CHECK(undone->find("problem") == nullptr);
  CHECK_FALSE(heron.has("l"));
  CHECK(heron.result() == "in_sync");
}

TEST_CASE_METHOD(Fleet, "what opening brought in is undone by the banner's button") {
  lark.write({"a", "b", "c", "d"});
  REQUIRE(lark.result() == "uploaded");
  clock.advance(std::chrono::minutes(10));
  (void)heron.backend.open();
  REQUIRE_FALSE(heron.has("e"));
  const json::Value status = heron.backend.status(server::Looking::here);
  REQUIRE(status.find("openingUndo") != nullptr);
  REQUIRE(heron.backend.undo_sync(*status.find("openingUndo")->as_string()));
  CHECK(heron.has("e"));
  const json::Value after = heron.backend.status(server::Looking::here);
  CHECK(after.find("openingUndo") == nullptr);
  CHECK(after.find("opening")->as_string()->empty());
}

}  // namespace
}  // namespace start_claude::cli
