// An id belongs to one installation: copies of it draw their own.
#include "sync/machine.h"

#include <catch2/catch.hpp>

#include "support/sync_device.h"

namespace start_claude::sync {
namespace {

using support::SyncDevice;

struct Desk {
  support::FakeClock server_clock;
  support::MemoryBuckets buckets{server_clock};
  SyncDevice lark{buckets, "lark"};
  Memory memory = lark.memory();

  Desk() {
    (void)lark.files.make_folder("/etc", 0755);
    lark.files.write_in_place("/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
  }
  const std::string& id() { return memory.known().machine.id; }
  void note(std::uint64_t count) {
    memory.note(ContentRecord{
        .revision = "r" + std::to_string(count), .clock = {{{id(), count}}}, .text = "{}"});
    REQUIRE(memory.write(Journal::Durability::now));
  }
  /// A PUT of that count was stored.
  void put(std::uint64_t count) {
    memory.note(Intent{.after = "r", .clock = {{{id(), count}}}, .puts = true});
    memory.note(DroppedRecord{.was_stored = true});
    REQUIRE(memory.write(Journal::Durability::now));
  }
};

TEST_CASE("an id is drawn once, of eight lower-case letters and digits") {
  Desk desk;
  CHECK(desk.id().empty());
  desk.memory.ensure_machine();
  const std::string id = desk.id();
  CHECK(id.size() == machine_id_length);
  CHECK(id.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz") == std::string::npos);
  desk.memory.ensure_machine();
  desk.note(1);
  desk.put(1);
  Memory again = desk.lark.memory();
  again.ensure_machine({{{id, 1}}});
  CHECK(again.known().machine.id == id);
  CHECK_FALSE(again.has_unwritten());
}

TEST_CASE("a copy draws an id of its own, and counts anew what the other may count again") {
  Desk desk;
  desk.memory.ensure_machine();
  desk.note(6);
  desk.put(6);
  desk.note(7);
  const std::string id = desk.id();
  SECTION("a cloned image has another machine-id") {
    desk.lark.files.write_in_place("/etc/machine-id", "fedcba9876543210fedcba9876543210\n");
  }
  SECTION("a copied home has another folder") {
    const std::string journal = desk.lark.files.text_of(desk.lark.paths.journal).value();
    (void)desk.lark.files.rename(desk.lark.paths.folder, "/home/me/old");
    (void)desk.lark.files.make_folder(desk.lark.paths.folder, 0700);
    desk.lark.files.write_in_place(desk.lark.paths.journal, journal);
  }
  Memory copy = desk.lark.memory();
  REQUIRE(copy.known().machine.id == id);
  copy.ensure_machine();
  CHECK(copy.known().machine.id != id);
  // What went up is the same for both. What did not, the other may change.
  const auto& seen = copy.known().seen;
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].clock == VersionVector{{{id, 6}}});
  CHECK(seen[1].clock == VersionVector{{{copy.known().machine.id, 1}, {id, 6}}});
  CHECK(copy.next_count() == 2);
}

TEST_CASE("a restored backup has put less than the bucket has seen, and draws another id") {
  Desk desk;
  desk.memory.ensure_machine();
  desk.note(3);
  desk.put(3);
  const std::string id = desk.id();
  desk.memory.ensure_machine({{{id, 3}}});
  CHECK(desk.id() == id);
  desk.memory.ensure_machine({{{"somebody", 99}, {id, 4}}});
  CHECK(desk.id() != id);
  CHECK(desk.memory.next_count() == 1);
}

TEST_CASE("a fingerprint tells nothing of what it is made from") {
  Desk desk;
  const std::string print = installation_fingerprint(desk.lark.files, desk.lark.paths.folder);
  CHECK(print.size() == 16);
  CHECK(print.find("0123456789abcdef") == std::string::npos);
  CHECK(print == installation_fingerprint(desk.lark.files, desk.lark.paths.folder));
}

}  // namespace
}  // namespace start_claude::sync
