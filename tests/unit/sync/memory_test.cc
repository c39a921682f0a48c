// What the records of the journal amount to, with a cached copy of that and without, and after the
// journal was written anew.
#include "sync/memory.h"

#include <catch2/catch.hpp>

#include "config/document.h"
#include "json/write.h"
#include "support/sync_device.h"

namespace start_claude::sync {
namespace {

using support::revision_of;
using support::SyncDevice;

const std::string remote = "host bucket key";

std::string text(int number) {
  return SyncDevice::configs({{"production", "m" + std::to_string(number)}});
}
std::string revision(int number) { return revision_of(text(number)); }

VersionVector clock(std::uint64_t own, std::uint64_t other = 0) {
  VersionVector made;
  if (own > 0) made.entries.push_back({"machine1", own});
  if (other > 0) made.entries.push_back({"machine2", other});
  return made;
}

ContentRecord content(int number, VersionVector of, Source source = Source::local) {
  return {.revision = revision(number),
          .clock = std::move(of),
          .source = source,
          .by = "lark",
          .entries = 1,
          .profiles = 1,
          .text = text(number)};
}

DoneRecord done(int number, VersionVector of, int taken_in = 0, VersionVector taken_in_clock = {}) {
  return {.remote = remote,
          .revision = revision(number),
          .clock = of,
          .taken_in = taken_in > 0 ? revision(taken_in) : "",
          .taken_in_clock = std::move(taken_in_clock),
          .agreed = RemoteState{.ancestor = revision(number), .clock = of, .etag = "\"e\""}};
}

Intent intent(int before, int after, VersionVector of) {
  return {.remote = remote,
          .before = revision(before),
          .after = revision(after),
          .clock = std::move(of),
          .puts = true,
          .conflicts = {{"configs", "production", "model"}}};
}

Remembered sum_of(const std::vector<JournalRecord>& records) {
  Remembered remembered;
  std::uint64_t offset = 0;
  for (const JournalRecord& record : records) {
    add(remembered, record, {.offset = offset, .size = 10});
    offset += 10;
  }
  return remembered;
}

std::vector<std::string> revisions_in(const std::vector<Seen>& seen) {
  std::vector<std::string> revisions;
  for (const Seen& one : seen)
    revisions.push_back(one.revision + (one.was_here ? "" : " taken in"));
  return revisions;
}

/// All that a merge or a recovery may look at.
std::string whole(const Remembered& remembered) {
  json::Value value = value_of(remembered, remembered.seen.size());
  json::Object& object = *value.as_object();
  object.set("contents", json::Array{});  // where they stand
  object.set("compactionDue", "");
  return json::write_pretty(value);
}

const MachineRecord machine{"machine1", "print"};

TEST_CASE("contents that were here follow each other, what was taken in stands between them") {
  const Remembered known =
      sum_of({machine, content(1, clock(1)), content(2, clock(0, 1), Source::remote),
              content(3, clock(2, 1), Source::merged), intent(1, 3, clock(2, 1)),
              done(3, clock(2, 1), 2, clock(0, 1))});
  CHECK(revisions_in(known.seen) ==
        std::vector{revision(1), revision(2) + " taken in", revision(3)});
  CHECK(known.tip()->revision == revision(3));
  CHECK(known.count == 2);
  CHECK_FALSE(known.intent);
  CHECK(known.remote(remote).ancestor == revision(3));
  CHECK(known.remote("another").ancestor.empty());
  CHECK(known.contents.size() == 3);
}

TEST_CASE("what is here again is the newest again, and the same twice is there once") {
  const Remembered known = sum_of({machine, content(1, clock(1)), content(1, clock(1)),
                                   content(2, clock(2)), content(1, clock(3))});
  CHECK(revisions_in(known.seen) == std::vector{revision(1), revision(2), revision(1)});
  CHECK(known.tip()->clock == clock(3));
}

TEST_CASE("a damaged content was never here, and is known to be kept") {
  ContentRecord damaged = content(1, clock(1));
  damaged.is_damaged = true;
  const Remembered known = sum_of({machine, damaged});
  CHECK(known.seen.empty());
  CHECK(known.contents.contains(damaged.revision));
}

TEST_CASE("an intent stands until it is done or dropped; in doubt until that is settled") {
  std::vector<JournalRecord> records{machine, content(1, clock(1)), content(2, clock(2)),
                                     intent(1, 2, clock(3))};
  CHECK(sum_of(records).intent == intent(1, 2, clock(3)));
  // A count that was given out is never given out again, whatever comes of it.
  CHECK(sum_of(records).count == 3);
  SECTION("done") {
    records.emplace_back(done(2, clock(3)));
    CHECK_FALSE(sum_of(records).intent);
    CHECK(sum_of(records).doubts.empty());
  }
  SECTION("dropped") {
    records.emplace_back(DroppedRecord{});
    CHECK_FALSE(sum_of(records).intent);
    CHECK(sum_of(records).doubts.empty());
  }
  SECTION("in doubt") {
    records.emplace_back(DroppedRecord{.may_be_stored = true});
    CHECK_FALSE(sum_of(records).intent);
    CHECK(sum_of(records).doubts == std::vector{intent(1, 2, clock(3))});
    records.emplace_back(SettledRecord{"another"});
    CHECK(sum_of(records).doubts.size() == 1);
    records.emplace_back(SettledRecord{remote});
    CHECK(sum_of(records).doubts.empty());
  }
}

TEST_CASE("after an undo what is here comes from the ancestor, and from nothing later") {
  std::vector<JournalRecord> records{machine, content(1, clock(1)), done(1, clock(1)),
                                     content(2, clock(2)), done(3, clock(3, 1), 4, clock(1, 1))};
  SECTION("that was here") {
    records.emplace_back(UndoneRecord{remote, revision(1)});
    const Remembered known = sum_of(records);
    CHECK(revisions_in(known.seen) == std::vector{revision(1)});
    CHECK(known.remote(remote) == RemoteState{.ancestor = revision(1)});
    CHECK(known.count == 3);
  }
  SECTION("of which nothing is known") {
    records.emplace_back(UndoneRecord{remote, ""});
    CHECK(sum_of(records).seen.empty());
    CHECK(sum_of(records).remote(remote) == RemoteState{});
    CHECK(sum_of(records).count == 3);
  }
}

TEST_CASE("a new id counts from its beginning") {
  const Remembered known =
      sum_of({machine, content(1, clock(7)), MachineRecord{"machine2", "another"}});
  CHECK(known.count == 0);
  CHECK(known.machine.id == "machine2");
  CHECK(known.tip()->clock == clock(7));
}

TEST_CASE("a summary is all that was before it") {
  const Remembered before = sum_of({machine, content(1, clock(1)), done(1, clock(1)),
                                    content(2, clock(2)), intent(1, 2, clock(3)),
                                    DroppedRecord{.may_be_stored = true}, intent(2, 1, clock(4))});
  Remembered after = sum_of({content(1, clock(1)), content(2, clock(2)),
                             SummaryRecord{value_of(before, before.seen.size())}});
  CHECK(whole(after) == whole(before));
  CHECK(after.contents.size() == 2);
  CHECK(after.is_whole);
  add(after, content(3, clock(5)), {});
  CHECK(after.count == 5);
  CHECK(after.tip()->revision == revision(3));
}

// --- with a journal on a disk --------------------------------------------------------------------

struct Desk {
  support::FakeClock server_clock;
  support::MemoryBuckets buckets{server_clock};
  SyncDevice lark{buckets, "lark"};

  Memory open() { return lark.memory(); }
  /// From the journal alone.
  Memory read_all() {
    auto loaded = Memory::load(lark.memory_parts(), std::nullopt, {});
    REQUIRE(loaded);
    return *std::move(loaded);
  }
  void write(Memory& memory) { REQUIRE(memory.write(Journal::Durability::now)); }
  /// Makes `number` contents one after the other and writes them.
  void make(Memory& memory, int number, int from = 1) {
    for (int i = from; i < from + number; ++i) {
      memory.note(content(i, clock(static_cast<std::uint64_t>(i))));
      memory.note(done(i, clock(static_cast<std::uint64_t>(i))));
    }
    write(memory);
  }
};

TEST_CASE("a cached sum and what was appended since is all of the journal") {
  Desk desk;
  Memory memory = desk.open();
  memory.note(machine);
  desk.make(memory, seen_cached_max);
  const Remembered cached = remembered_from(value_of(memory.known()));
  const JournalEnd end = memory.end();
  desk.make(memory, 8 - seen_cached_max, seen_cached_max + 1);
  auto loaded = Memory::load(desk.lark.memory_parts(), cached, end);
  REQUIRE(loaded);
  CHECK(whole(loaded->known()) == whole(desk.read_all().known()));
  CHECK(loaded->end() == memory.end());
  CHECK(loaded->content_of(revision(8))->text.view() == text(8));
  // Of the part that was cached, too.
  CHECK(loaded->content_of(revision(3))->text.view() == text(3));
}

TEST_CASE("more than is cached is found after complete()") {
  Desk desk;
  Memory memory = desk.open();
  memory.note(machine);
  desk.make(memory, 40);
  const Remembered cached = remembered_from(value_of(memory.known()));
  CHECK(cached.seen.size() == seen_cached_max);
  auto loaded = Memory::load(desk.lark.memory_parts(), cached, memory.end());
  REQUIRE(loaded);
  CHECK_FALSE(loaded->known().is_whole);
  CHECK_FALSE(loaded->has_content(revision(1)));
  // What is not written yet stays.
  loaded->note(content(41, clock(41)));
  REQUIRE(loaded->complete());
  CHECK(loaded->known().seen.size() == 41);
  CHECK(loaded->content_of(revision(1))->text.view() == text(1));
  CHECK(loaded->content_of(revision(41))->text.view() == text(41));
  desk.write(*loaded);
  CHECK(loaded->content_of(revision(41))->text.view() == text(41));
  CHECK(whole(loaded->known()) == whole(desk.read_all().known()));
}

TEST_CASE("a cached sum of another journal does not count") {
  Desk desk;
  Memory memory = desk.open();
  memory.note(machine);
  desk.make(memory, 5);
  const Remembered cached = remembered_from(value_of(memory.known()));
  const JournalEnd end = memory.end();
  const std::string& path = desk.lark.paths.journal;
  const std::string journal = desk.lark.files.text_of(path).value();
  SECTION("there is none") { (void)desk.lark.files.remove(path); }
  SECTION("it is shorter: a power cut") {
    const auto line = journal.rfind('\n', journal.size() - 2);
    desk.lark.files.write_in_place(path, journal.substr(0, line + 1));
  }
  SECTION("it is as long, and ends differently") {
    // Cut short, then something else was appended, of the same length.
    const auto line = journal.rfind('\n', journal.size() - 2);
    JournalEnd shorter{end.inode, line + 1, last_sum(journal.substr(0, line + 1))};
    Journal other(desk.lark.files, path);
    DoneRecord last = done(5, clock(5));
    last.agreed->etag = "\"f\"";
    REQUIRE(other.append(shorter, {format_record(last, desk.lark.clock.now())},
                         Journal::Durability::now));
    REQUIRE(desk.lark.files.text_of(path)->size() == end.size);
  }
  SECTION("another file has its place") {
    (void)desk.lark.files.remove(path);
    desk.lark.files.write_in_place(desk.lark.paths.folder + "/other", "x");
    desk.lark.files.write_in_place(path, journal);
  }
  const Memory all = desk.read_all();
  auto loaded = Memory::load(desk.lark.memory_parts(), cached, end);
  REQUIRE(loaded);
  CHECK(whole(loaded->known()) == whole(all.known()));
  CHECK(loaded->known().is_whole);
  CHECK(loaded->end() == all.end());
}

TEST_CASE("a torn end is cut by the next record, and what was whole is there") {
  Desk desk;
  Memory memory = desk.open();
  memory.note(machine);
  desk.make(memory, 3);
  const std::string& path = desk.lark.paths.journal;
  const std::string journal = desk.lark.files.text_of(path).value();
  desk.lark.files.write_in_place(path, journal + R"({"at":"2026-11-22T08:14:03.000Z","conte)");
  Memory again = desk.open();
  CHECK(whole(again.known()) == whole(memory.known()));
  desk.make(again, 1, 4);
  CHECK(whole(desk.read_all().known()) == whole(again.known()));
  CHECK(desk.lark.files.text_of(path)->find("conte)") == std::string::npos);
  CHECK(desk.read_all().content_of(revision(4))->text.view() == text(4));
}

/// A content of some 64 KiB.
ContentRecord large(int number, VersionVector of) {
  ContentRecord record = content(number, std::move(of));
  record.text =
      "{\"configs\":[],\"x\":\"" + std::string(64u << 10, 'x') + std::to_string(number) + "\"}";
  record.revision = revision_of(std::string(record.text.view()));
  return record;
}

TEST_CASE("a journal written anew amounts to the same, and lacks only what is old") {
  Desk desk;
  Memory memory = desk.open();
  memory.note(machine);
  // The ancestor of another remote, seen long ago: pinned.
  memory.note(content(1, clock(1)));
  DoneRecord elsewhere = done(1, clock(1));
  elsewhere.remote = "elsewhere";
  memory.note(elsewhere);
  std::vector<std::string> revisions;
  for (int i = 2; i < 200; ++i) {
    const ContentRecord record = large(i, clock(static_cast<std::uint64_t>(i)));
    revisions.push_back(record.revision);
    memory.note(record);
  }
  memory.note(intent(1, 1, clock(201)));
  desk.write(memory);
  const std::uint64_t size = memory.end().size;
  SECTION("not before a month has passed") {
    REQUIRE(memory.compact_if_due());
    CHECK(memory.end().size == size);
    return;
  }
  desk.lark.clock.advance(std::chrono::hours(24 * 31));
  const Remembered before = memory.known();
  REQUIRE(memory.compact_if_due());
  CHECK(memory.end().size < size / 2);
  const Memory after = desk.read_all();
  CHECK(after.end() == memory.end());
  CHECK(whole(after.known()) == whole(memory.known()));
  CHECK(after.known().count == before.count);
  CHECK(after.known().intent == before.intent);
  CHECK(after.known().remotes == before.remotes);
  CHECK(after.known().tip()->revision == before.tip()->revision);
  CHECK(after.content_of(revision(1))->text.view() == text(1));
  CHECK(after.has_content(revisions.back()));
  CHECK_FALSE(after.has_content(revisions.front()));
  const auto kept = after.contents();
  REQUIRE(kept);
  CHECK(kept->size() >= journal_contents_min);
  CHECK(kept->size() <= journal_contents_min + 1);
  // What is gone is no base any more; the rest is in its order.
  CHECK(after.known().seen.size() <= journal_contents_min + 1);
}

TEST_CASE("a journal that cannot be written anew stays what it was") {
  Desk desk;
  Memory memory = desk.open();
  memory.note(machine);
  for (int i = 1; i < 200; ++i) memory.note(large(i, clock(static_cast<std::uint64_t>(i))));
  desk.write(memory);
  desk.lark.clock.advance(std::chrono::hours(24 * 31));
  const std::string before = whole(desk.read_all().known());
  desk.lark.files.refuse = [](std::string_view operation, const std::string&) {
    return operation == "create: write"
               ? std::optional(platform::FileFailure{platform::FileFailureKind::no_space, "full"})
               : std::nullopt;
  };
  CHECK_FALSE(memory.compact_if_due());
  desk.lark.files.refuse = nullptr;
  CHECK(whole(desk.read_all().known()) == before);
}

}  // namespace
}  // namespace start_claude::sync
