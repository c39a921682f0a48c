#include "sync/history.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "config/document.h"
#include "crypto/sha256.h"
#include "support/fake_clock.h"
#include "support/fake_random.h"
#include "support/memory_filesystem.h"
#include "sync/revisions.h"
#include "sync/state.h"

namespace start_claude::sync {
namespace {

const std::string folder = "/home/me/.start-claude/history";

struct Machine {
  support::FakeClock clock;
  support::FakeRandom random{7};
  support::MemoryFileSystem files{clock};
  History history{files, clock, random, folder};

  Machine() { (void)files.make_folder("/home/me/.start-claude", 0700); }

  static std::string text(int number) {
    return R"({"configs":[{"name":"p","model":")" + std::to_string(number) + R"("}]})";
  }
  static std::string revision(const std::string& document) {
    return config::revision_of(*config::parse_document(document));
  }
  std::string keep(int number, Origin origin = Origin::local) {
    const std::string document = text(number);
    const std::string name = revision(document);
    REQUIRE(history.keep(
        document,
        {.revision = name, .saved = clock.now(), .by = "lark", .origin = origin, .entries = 1}));
    clock.advance(std::chrono::seconds(1));
    return name;
  }
};

TEST_CASE("what is kept is found again, byte for byte, newest first") {
  Machine machine;
  const std::string first = machine.keep(1);
  const std::string second = machine.keep(2, Origin::remote);
  CHECK(machine.history.text_of(first) == Machine::text(1));
  CHECK(machine.history.text_of(second) == Machine::text(2));
  CHECK(machine.history.text_of(std::string(64, '0')) == std::nullopt);
  const auto entries = machine.history.entries();
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].revision == second);
  CHECK(entries[0].origin == Origin::remote);
  CHECK(entries[1].by == "lark");
}

TEST_CASE("a content is kept once, at its newest time") {
  Machine machine;
  const std::string first = machine.keep(1);
  machine.keep(2);
  machine.keep(1);
  const auto entries = machine.history.entries();
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].revision == first);
}

TEST_CASE("the index is read once, and again when it is another file") {
  Machine machine;
  machine.keep(1);
  const std::string index = folder + "/index.json";
  int reads = 0;
  machine.files.before_operation = [&](std::string_view operation, const std::string& path) {
    reads += operation == "read" && path == index ? 1 : 0;
  };
  (void)machine.history.entries();
  (void)machine.history.entries();
  CHECK(reads == 1);
  machine.keep(2);
  CHECK(machine.history.entries().size() == 2);
  (void)machine.history.entries();
  CHECK(reads == 2);
  REQUIRE(std::holds_alternative<base::Done>(machine.files.remove(index)));
  CHECK(machine.history.entries().size() == 2);
}

TEST_CASE("what is being kept is not read back to be listed") {
  Machine machine;
  machine.keep(1);
  const std::string second = Machine::revision(Machine::text(2));
  bool is_written = false;
  bool is_read_back = false;
  machine.files.before_operation = [&](std::string_view operation, const std::string& path) {
    if (path != folder + '/' + second + ".json") return;
    is_written = is_written || operation == "follow_links";
    is_read_back = is_read_back || (is_written && operation == "read");
  };
  CHECK(machine.keep(2) == second);
  CHECK(is_written);
  CHECK_FALSE(is_read_back);
  CHECK(machine.history.entries()[0].revision == second);
}

TEST_CASE("that a content was here stays said when it is seen on the other side since") {
  Machine machine;
  const std::string first = machine.keep(1);
  const std::string second = machine.keep(2);
  machine.keep(1, Origin::remote);
  auto entries = machine.history.entries();
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].revision == first);
  CHECK(entries[0].origin == Origin::remote);
  CHECK(entries[1].revision == second);
  CHECK(entries[2].revision == first);
  CHECK(entries[2].origin == Origin::local);
  machine.keep(1);
  entries = machine.history.entries();
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].origin == Origin::local);
}

TEST_CASE("the order is that in which things were kept, whatever the clock said meanwhile") {
  Machine machine;
  const std::string first = machine.keep(1);
  machine.clock.set_skew(-std::chrono::hours(24 * 400));
  const std::string second = machine.keep(2);
  machine.clock.set_skew(std::chrono::hours(0));
  const std::string third = machine.keep(3);
  const auto entries = machine.history.entries();
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].revision == third);
  CHECK(entries[1].revision == second);
  CHECK(entries[2].revision == first);
}

TEST_CASE("a lost or broken index is made again from the files") {
  for (const std::string& index : {std::string(), std::string("{\"entries\": [{]")}) {
    Machine machine;
    const std::string first = machine.keep(1);
    const std::string second = machine.keep(2);
    if (index.empty()) {
      (void)machine.files.remove(folder + "/index.json");
    } else {
      machine.files.write_in_place(folder + "/index.json", index);
    }
    const auto entries = machine.history.entries();
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].revision == second);
    CHECK(entries[1].revision == first);
    CHECK(entries[0].entries == 1);
  }
}

TEST_CASE("a file that is not what its name says is no revision") {
  Machine machine;
  const std::string first = machine.keep(1);
  machine.files.write_in_place(folder + "/" + first + ".json", Machine::text(9));
  CHECK(machine.history.text_of(first) == std::nullopt);
  CHECK_FALSE(machine.history.contains(first));
}

TEST_CASE("a kept file that came to harm is written anew when its content is kept again") {
  Machine machine;
  const std::string first = machine.keep(1);
  machine.files.write_in_place(folder + "/" + first + ".json", "{\"configs\": [");
  machine.keep(1);
  CHECK(machine.history.text_of(first) == Machine::text(1));
}

TEST_CASE("what the index names and no file holds is not listed") {
  Machine machine;
  const std::string first = machine.keep(1);
  const std::string second = machine.keep(2);
  REQUIRE(
      std::holds_alternative<base::Done>(machine.files.remove(folder + "/" + second + ".json")));
  const auto entries = machine.history.entries();
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].revision == first);
}

TEST_CASE("files that no index names are in the order of their dates") {
  Machine machine;
  std::vector<std::string> newest_first;
  for (int i = 0; i < 6; ++i) newest_first.insert(newest_first.begin(), machine.keep(i));
  // Their names, hashes, are in another order.
  REQUIRE_FALSE(std::is_sorted(newest_first.rbegin(), newest_first.rend()));
  (void)machine.files.remove(folder + "/index.json");
  std::vector<std::string> listed;
  for (const HistoryEntry& entry : machine.history.entries()) listed.push_back(entry.revision);
  CHECK(listed == newest_first);
}

TEST_CASE("a content that was merged with another one since is kept as that") {
  Machine machine;
  const std::string name = Machine::revision(Machine::text(1));
  HistoryEntry entry{
      .revision = name, .saved = machine.clock.now(), .by = "lark", .origin = Origin::merged};
  REQUIRE(machine.history.keep(Machine::text(1), entry));
  entry.merged_with = std::string(64, 'b');
  REQUIRE(machine.history.keep(Machine::text(1), entry));
  CHECK(machine.history.entries()[0].merged_with == std::string(64, 'b'));
}

TEST_CASE("bytes that are no document are kept as they are") {
  Machine machine;
  const std::string broken = "{\"configs\": [{\"name\"";
  const std::string name = crypto::sha256_hex(broken);
  REQUIRE(machine.history.keep(broken,
                               {.revision = name, .saved = machine.clock.now(), .damaged = true}));
  CHECK(machine.history.text_of(name) == broken);
  CHECK(machine.history.entries().at(0).damaged);

  SECTION("and found without an index") {
    (void)machine.files.remove(folder + "/index.json");
    CHECK(machine.history.entries().at(0).revision == name);
  }
  SECTION("unless they came to harm there, too") {
    machine.files.write_in_place(folder + "/" + name + ".damaged", broken.substr(0, 5));
    CHECK(machine.history.text_of(name) == std::nullopt);
    (void)machine.files.remove(folder + "/index.json");
    CHECK(machine.history.entries().empty());
  }
}

TEST_CASE("everything in it is for its owner alone") {
  Machine machine;
  machine.keep(1);
  CHECK(std::get<platform::FileStatus>(machine.files.status(folder)).mode == 0700);
  const auto listed = machine.files.list(folder);
  for (const std::string& name : std::get<std::vector<std::string>>(listed)) {
    CHECK(std::get<platform::FileStatus>(machine.files.status(folder + "/" + name)).mode == 0600);
  }
}

TEST_CASE("the newest fifty stay, and all that are younger than thirty days") {
  Machine machine;
  const std::string pinned = machine.keep(0);
  for (int i = 1; i < 60; ++i) machine.keep(i);
  machine.history.prune({});
  CHECK(machine.history.entries().size() == 60);
  machine.clock.advance(std::chrono::hours(24 * 31));
  machine.keep(100);
  machine.history.prune({pinned});
  const auto entries = machine.history.entries();
  CHECK(entries.size() == 51);
  CHECK(machine.history.contains(pinned));
  CHECK(entries.front().revision == Machine::revision(Machine::text(100)));
  // What went is not named any more, either.
  const std::string index = machine.files.text_of(folder + "/index.json").value();
  CHECK(index.find(Machine::revision(Machine::text(1))) == std::string::npos);
  CHECK(index.find(pinned) != std::string::npos);
}

TEST_CASE("a file goes only with the last entry that names it") {
  Machine machine;
  const std::string both = machine.keep(0);
  for (int i = 1; i < 60; ++i) machine.keep(i);
  machine.clock.advance(std::chrono::hours(24 * 31));
  machine.keep(0, Origin::remote);
  REQUIRE(machine.history.entries().size() == 61);
  machine.history.prune({});
  CHECK(machine.history.entries().size() == 50);
  CHECK(machine.history.contains(both));
}

TEST_CASE("a content of thirty days to the second stays") {
  // One a second: the oldest is of 60 seconds ago.
  Machine machine;
  for (int i = 0; i < 60; ++i) machine.keep(i);
  machine.clock.advance(std::chrono::hours(24 * 30) - std::chrono::seconds(60));
  machine.history.prune({});
  CHECK(machine.history.entries().size() == 60);
  machine.clock.advance(std::chrono::seconds(10));
  machine.history.prune({});
  CHECK(machine.history.entries().size() == 50);
}

TEST_CASE("a file of no bytes is nothing to keep") {
  Machine machine;
  LocalCopy local;
  local.exists = true;
  const std::string host = "lark";
  REQUIRE(keep_local(machine.history, local, {machine.clock.now(), host}, Origin::local));
  CHECK(machine.history.entries().empty());
  CHECK(is_kept(machine.history, local));
}

TEST_CASE("a full disk is an error, and what was kept stays") {
  Machine machine;
  const std::string first = machine.keep(1);
  machine.files.capacity = 0;
  const auto kept = machine.history.keep(
      Machine::text(2),
      {.revision = Machine::revision(Machine::text(2)), .saved = machine.clock.now()});
  REQUIRE_FALSE(kept);
  CHECK(kept.error().kind == ErrorKind::local_disk);
  CHECK(machine.history.contains(first));
}

TEST_CASE("the last replaced content is the one this machine had before") {
  Machine machine;
  const std::string mine = machine.keep(1);
  machine.keep(2, Origin::remote);
  const std::string now = machine.keep(3, Origin::merged);
  LocalCopy local;
  local.exists = true;
  local.revision = now;
  const auto last = last_replaced(machine.history, local);
  REQUIRE(last);
  CHECK(last->revision == mine);
}

TEST_CASE("state survives a round trip, and damage makes it an empty one") {
  Machine machine;
  const std::string path = "/home/me/.start-claude/s3-state.json";
  const RemoteName name{"minio.lan:9000", "team", "start-claude-config.json"};
  const RemoteState remote{.ancestor = std::string(64, 'a'),
                           .etag = "\"0123\"",
                           .last_modified = machine.clock.now(),
                           .modified = machine.clock.now(),
                           .writer = "lark",
                           .lineage = {std::string(64, 'a'), std::string(16, 'b')}};
  const StoreTraits traits{.if_match = Verdict::honoured,
                           .if_none_match = Verdict::refused,
                           .etag_unquoted = true,
                           .region = s3::LearntRegion{.region = "eu-1", .instead_of = "us-east-1"}};
  State state = State::load(machine.files, path);
  state.set_remote(name, remote);
  state.set_traits(name, traits);
  const RemoteName elsewhere{"ceph.lan:7480", "team", "config.json"};
  const StoreTraits spelt_with_quotes{.if_match = Verdict::honoured, .etag_unquoted = false};
  state.set_traits(elsewhere, spelt_with_quotes);
  REQUIRE(state.save(machine.files, machine.random));
  const State again = State::load(machine.files, path);
  CHECK(again.traits(elsewhere) == spelt_with_quotes);
  CHECK(again.remote(name) == remote);
  CHECK(again.traits(name) == traits);
  CHECK(again.remote({"minio.lan:9000", "team", "other"}) == RemoteState{});
  CHECK(again.traits({"minio.lan:9000", "team", "other"}) == traits);
  for (const char* damage : {"", "[]", "{\"remotes\": 7}", "{\"remotes\": {\"x\": []}", "\xff"}) {
    machine.files.write_in_place(path, damage);
    CHECK(State::load(machine.files, path).remote(name) == RemoteState{});
  }
}

}  // namespace
}  // namespace start_claude::sync
