// There is always a way out: whatever is broken on either side, the hints lead to a run that works.
#include <catch2/catch.hpp>
#include <regex>

#include "cli/commands.h"
#include "machine.h"
#include "sync/paths.h"

namespace start_claude::cli {
namespace {

using Catch::Contains;

struct Desk {
  support::FakeClock clock;
  TestServer server{clock};
  Machine lark{clock, server, "lark"};
  Machine heron{clock, server, "heron"};

  int run(Machine& machine, Options options) {
    clock.advance(std::chrono::hours(1));
    const auto said_before = machine.terminal.screen().size();
    options.no_input = options.no_color = true;
    const int exit_code = run_command(machine.host, options);
    said = machine.terminal.screen().substr(said_before);
    return exit_code;
  }
  int run(Machine& machine, const std::string& words) {
    std::vector<std::string> arguments;
    std::istringstream stream(words);
    for (std::string word; stream >> word;) arguments.push_back(word);
    auto parsed = parse_options(arguments);
    const auto* options = std::get_if<Options>(&parsed);
    INFO(words);
    REQUIRE(options != nullptr);
    return run(machine, *options);
  }
  /// Both machines have m2 and had m1.
  void share() {
    for (const char* model : {"m1", "m2"}) {
      clock.advance(std::chrono::hours(1));
      heron.edit(model);
      REQUIRE(run(heron, "s3-sync") == 0);
      if (!lark.files.text_of(test_config)) lark.edit(model);
      REQUIRE(run(lark, "s3-sync") == 0);
    }
  }
  /// Does what the last hint says; the exit code.
  int follow_hint() {
    const auto at = said.find("hint: ");
    INFO(said);
    REQUIRE(at != std::string::npos);
    const std::string hint = said.substr(at, said.find('\n', at) - at);
    static const std::regex command("s3-[a-z]+( --[a-z-]+)*");
    std::string last;
    for (std::sregex_iterator it(hint.begin(), hint.end(), command), end; it != end; ++it) {
      last = it->str();
    }
    const bool is_by_hand = hint.find("by hand") != std::string::npos ||
                            hint.find("add a profile") != std::string::npos;
    if (is_by_hand) {
      lark.edit("mended");
      return run(lark, "s3-upload");
    }
    REQUIRE_FALSE(last.empty());
    return run(hint.ends_with("there") ? heron : lark, last);
  }

  std::string said;
};

const std::string gzip("\x1F\x8B\x08\0\0\0\0\0", 8);
const std::string utf_16("\xFF\xFE{\0}\0", 6);

enum class Memory { whole, lost };

void break_local(Desk& desk, const std::string& how) {
  auto& files = desk.lark.files;
  if (how == "good") return;
  if (how == "missing") {
    REQUIRE(files.remove(test_config).index() == 0);
  } else if (how == "emptied") {
    std::string text = desk.lark.local();
    const auto begin = text.find('[');
    files.write_in_place(test_config, text.erase(begin + 1, text.find(']') - begin - 1));
  } else {
    files.write_in_place(test_config, how);
  }
}

void break_remote(Desk& desk, const std::string& how) {
  if (how == "good") return;
  if (how == "missing") return desk.server.remove("c.json");
  if (how == "too large") {
    desk.server.put("c.json", "{}");
    desk.server.is_object_too_large = true;
  } else {
    desk.server.put("c.json", how);
  }
}

void lose_memory(Desk& desk, Memory memory) {
  if (memory == Memory::whole) return;
  const sync::Paths paths = sync::paths_beside(test_config);
  for (const std::string& file : {paths.state, paths.journal}) {
    if (desk.lark.files.text_of(file)) desk.lark.files.write_in_place(file, std::string(300, '\0'));
  }
}

TEST_CASE("every hint of a run that is held names what works next") {
  const std::string local =
      GENERATE(as<std::string>{}, "good", "missing", "emptied",
               "{\"configs\":", "{\"configs\":[{}]}", "{\"a\":\"\xFF\"}", utf_16, gzip);
  const std::string remote = GENERATE(as<std::string>{}, "good", "missing", "{}", "<html></html>",
                                      "{\"configs\":[{}]}", "{\"configs\":[]}", "too large", gzip);
  const auto memory = GENERATE(Memory::whole, Memory::lost);
  const std::string command = GENERATE(
      as<std::string>{}, "s3-sync", "s3-upload", "s3-download", "s3-upload --force",
      "s3-download --force", "s3-upload --force --allow-empty", "s3-restore --last --force");
  CAPTURE(local, remote, command, memory == Memory::lost);
  Desk desk;
  desk.share();
  break_local(desk, local);
  break_remote(desk, remote);
  lose_memory(desk, memory);
  int exit_code = desk.run(desk.lark, command);
  // A file that lost its settings and a machine that lost its memory of them must be set up anew.
  for (int step = 0; exit_code != 0 && step < 2; ++step) {
    INFO(desk.said);
    REQUIRE((exit_code == 6 || exit_code == 7));
    exit_code = desk.follow_hint();
  }
  INFO(desk.said);
  CHECK(exit_code == 0);
}

TEST_CASE("what --force replaced because it was damaged is kept") {
  Desk desk;
  desk.share();
  // The run says which command finds it, and that gives the bytes back.
  const auto is_findable = [&](const std::string& bytes) {
    CHECK_THAT(desk.said, Contains("The damaged copy that was replaced is kept: start-claude "
                                   "s3-history lists it.\n"));
    CHECK(desk.run(desk.lark, "s3-history") == 0);
    const auto place = desk.said.find(", damaged (");
    REQUIRE(place != std::string::npos);
    const auto line = desk.said.substr(desk.said.rfind('\n', place) + 1);
    const std::string number = std::to_string(std::stoi(line));
    CHECK(desk.run(desk.lark, "s3-history --show " + number) == 0);
    CHECK(desk.said == bytes);
    CHECK(desk.run(desk.lark, "s3-restore --force " + number) == 7);
    CHECK_THAT(desk.said, Contains("it cannot be restored; nothing changed") &&
                              Contains("s3-history --show " + number + " > FILE"));
  };
  SECTION("here") {
    desk.lark.files.write_in_place(test_config, "{\"configs\":[{\"name\":\"pasted\",}]}");
    CHECK(desk.run(desk.lark, "s3-download --force") == 0);
    CHECK(desk.lark.has_model("m2"));
    is_findable("{\"configs\":[{\"name\":\"pasted\",}]}");
  }
  SECTION("there") {
    desk.server.put("c.json", gzip);
    CHECK(desk.run(desk.lark, "s3-upload --force") == 0);
    is_findable(gzip);
  }
  SECTION("too large to be read: by --force alone") {
    desk.server.put("c.json", "{}");
    desk.server.is_object_too_large = true;
    CHECK(desk.run(desk.lark, "s3-sync --yes") == 7);
    CHECK(desk.said.find("without keeping it") != std::string::npos);
    CHECK(desk.server.is_object_too_large);
    CHECK(desk.run(desk.lark, "s3-upload --force") == 0);
    CHECK(desk.run(desk.heron, "s3-sync") == 0);
    CHECK(desk.heron.has_model("m2"));
  }
}

}  // namespace
}  // namespace start_claude::cli
