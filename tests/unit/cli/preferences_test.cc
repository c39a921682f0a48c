// What each program does unasked, by what settings.s3Sync says: preference x program x event.
#include "cli/automatic_sync.h"
#include "cli/balance_checks.h"
#include "cli/manager_sync.h"
#include "ui/console.h"
#include "watching_machine.h"

namespace start_claude::cli {
namespace {

using namespace std::chrono_literals;

enum class Program { watch, manager_opening, manager_after_edit, balance, balance_with_yes };
enum class Event { remote_changed, edited_here, both };

/// lark has the preferences; heron is another machine, and both had m1 in common.
struct Scene {
  Scene(std::string lark_says, Event event) : says(std::move(lark_says)) {
    lark.edit("m1");
    sync(lark);
    lark.edit("m1", says);
    heron.edit("m1");
    sync(heron);
    clock.advance(1h);
    if (event != Event::edited_here) {
      heron.files.write_in_place(test_config, with_staging(Machine::config("m1")));
      sync(heron);
      clock.advance(1h);
    }
    if (event != Event::remote_changed) lark.edit("m2", says);
    // What was touched a moment ago is left alone by a manager that opens.
    clock.advance(1h);
    server.methods.clear();
  }

  static std::string with_staging(std::string text) {
    const std::string list = R"("configs":[)";
    return text.insert(text.find(list) + list.size(), R"({"name":"staging","model":"s1"},)");
  }
  static void sync(Machine& machine) {
    REQUIRE(run_command(machine.host, {.command = Command::sync, .automatic = true}) == 0);
  }
  void run(Program program) {
    const Options options{.command = Command::manager};
    server::ManagerEvents events(clock);
    ManagerSync manager(lark.host, options, events, [] {});
    ui::Console console(lark.terminal, clock, {});
    switch (program) {
      case Program::watch:
        lark.end_after(1min);
        CHECK(lark.watch() == 0);
        break;
      case Program::manager_opening: (void)manager.open(); break;
      case Program::manager_after_edit: CHECK(manager.upload_by_itself()); break;
      case Program::balance: (void)sync_for_balance(lark.host, console, {}); break;
      case Program::balance_with_yes:
        (void)ask_for_balance(lark.host, console, {.command = Command::balance, .yes = true});
        break;
    }
  }
  bool was_downloaded() const { return lark.has_model("s1"); }
  /// heron, who takes everything, gets what lark had.
  bool was_uploaded() {
    (void)run_command(heron.host, {.command = Command::sync, .automatic = true});
    return heron.has_model("m2");
  }

  std::string says;
  support::FakeClock clock;
  TestServer server{clock};
  WatchingMachine lark{clock, server};
  Machine heron{clock, server, "heron"};
};

struct Preference {
  std::string says;
  bool uploads;
  bool downloads;
};
Preference any_preference() {
  return GENERATE(values<Preference>({{"", true, true},
                                      {R"(,"autoUpload":true,"autoDownload":true)", true, true},
                                      {R"(,"autoUpload":null,"autoDownload":"TRUE")", true, true},
                                      {R"(,"autoUpload":false)", false, true},
                                      {R"(,"autoDownload":false)", true, false},
                                      {R"(,"autoDownload":"false")", true, false},
                                      {R"(,"autoDownload":0)", true, false},
                                      {R"(,"autoDownload":"off, please")", true, false},
                                      {R"(,"autoUpload":0)", false, true},
                                      {R"(,"autoUpload":false,"autoDownload":false)", false, false},
                                      {R"(,"readOnly":true)", false, true},
                                      {R"(,"readOnly":true,"autoDownload":false)", false, false}}));
}
Program any_program() {
  return GENERATE(Program::watch, Program::manager_opening, Program::manager_after_edit,
                  Program::balance, Program::balance_with_yes);
}
bool ever_downloads(Program program) { return program != Program::manager_after_edit; }
bool ever_uploads(Program program) { return program != Program::manager_opening; }

TEST_CASE("what changed there comes unasked only where downloads are on") {
  const auto preference = any_preference();
  const auto program = any_program();
  INFO(preference.says << ", program " << static_cast<int>(program));
  Scene scene(preference.says, Event::remote_changed);
  scene.run(program);
  CHECK(scene.was_downloaded() == (preference.downloads && ever_downloads(program)));
  CHECK(scene.server.count("PUT") == 0);
}

TEST_CASE("what changed here goes unasked only where uploads are on") {
  const auto preference = any_preference();
  const auto program = any_program();
  INFO(preference.says << ", program " << static_cast<int>(program));
  Scene scene(preference.says, Event::edited_here);
  scene.run(program);
  CHECK((scene.server.count("PUT") > 0) == (preference.uploads && ever_uploads(program)));
  CHECK(scene.was_uploaded() == (preference.uploads && ever_uploads(program)));
}

TEST_CASE("where both changed, neither goes the way that is off, and nothing is lost") {
  const auto preference = any_preference();
  const auto program = any_program();
  INFO(preference.says << ", program " << static_cast<int>(program));
  Scene scene(preference.says, Event::both);
  scene.run(program);
  if (!preference.downloads) CHECK_FALSE(scene.was_downloaded());
  const bool was_uploaded = scene.was_uploaded();
  if (!preference.uploads) CHECK_FALSE(was_uploaded);
  CHECK(scene.heron.has_model("s1"));
  CHECK(scene.lark.has_model("m2"));
}

TEST_CASE("with both off nobody is even asked") {
  const auto program = any_program();
  const auto event = GENERATE(Event::remote_changed, Event::edited_here, Event::both);
  Scene scene(R"(,"autoUpload":false,"autoDownload":false)", event);
  scene.run(program);
  CHECK(scene.server.methods.empty());
}

TEST_CASE("a sync that a person asks for does both, whatever happens unasked") {
  const auto preference = any_preference();
  const bool on_page = GENERATE(false, true);
  INFO(preference.says << (on_page ? ", page" : ", s3-sync"));
  Scene scene(preference.says, Event::both);
  if (on_page) {
    const Options options{.command = Command::manager};
    server::ManagerEvents events(scene.clock);
    ManagerSync manager(scene.lark.host, options, events, [] {});
    auto done = manager.sync({});
    REQUIRE(done);
    if (done->find("question") != nullptr) {
      const json::Value& seen = *done->find("question")->find("seen");
      done =
          manager.sync({.answer = server::SyncAnswer{.topic = resolve::Topic::confirm_merge,
                                                     .answer = {.option = resolve::Option::yes},
                                                     .local = *seen.find("local")->as_string(),
                                                     .remote = *seen.find("remote")->as_string()}});
      REQUIRE(done);
    }
  } else {
    (void)run_command(scene.lark.host, {.command = Command::sync, .automatic = true});
  }
  CHECK(scene.was_downloaded());
  const bool reads_only = preference.says.find("readOnly") != std::string::npos;
  CHECK(scene.was_uploaded() == !reads_only);
}

TEST_CASE("balance says what it does not do unasked") {
  Scene scene(R"(,"autoDownload":false)", Event::remote_changed);
  const ui::Console console(scene.lark.terminal, scene.clock, {});
  CHECK(sync_for_balance(scene.lark.host, console, {}).rule ==
        "autoDownload is off: what is new in the bucket stays there until s3-sync.");
  CHECK(look_for_balance(scene.lark.host, console, {}).offer.empty());
}

TEST_CASE("s3-status shows what holds, and what of it is a default") {
  const auto shown = [](const std::string& says) {
    Scene scene(says, Event::remote_changed);
    REQUIRE(run_command(scene.lark.host, {.command = Command::status}) == 0);
    return scene.lark.terminal.screen();
  };
  CHECK_THAT(shown(R"(,"autoDownload":"never","remoteConfigCheckIntervalMinutes":15)"),
             Catch::Contains("automatic           uploads on (default), downloads off; checks "
                             "every 15 min; on conflict: ask (default)") &&
                 Catch::Contains("settings.s3Sync.autoDownload is neither true nor "
                                 "false; taken for off"));
  CHECK_THAT(shown(""), !Catch::Contains("automatic "));
}

TEST_CASE("the manager says why it did not look as it opened") {
  Scene scene(R"(,"autoDownload":false)", Event::remote_changed);
  const Options options{.command = Command::manager};
  server::ManagerEvents events(scene.clock);
  ManagerSync manager(scene.lark.host, options, events, [] {});
  CHECK(manager.open() ==
        "autoDownload is off: what is new in the bucket stays there until s3-sync.");
  const json::Value status = manager.status(server::Looking::here);
  CHECK(*status.find("rule")->as_string() == manager.open());
  CHECK_FALSE(*status.find("autoDownload")->as_bool());
  CHECK(*status.find("autoUpload")->as_bool());
}

}  // namespace
}  // namespace start_claude::cli
