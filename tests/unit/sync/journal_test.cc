#include "sync/journal.h"

#include <catch2/catch.hpp>

#include "support/fake_clock.h"
#include "support/memory_filesystem.h"

namespace start_claude::sync {
namespace {

const std::string path = "/home/s3-journal";
const UtcTime at = *base::parse_time("2026-11-22T08:14:03.250Z");

struct Disk {
  support::FakeClock clock;
  support::MemoryFileSystem files{clock};
  Disk() { (void)files.make_folder("/home", 0700); }
};

ContentRecord content(std::string text) {
  return {.revision = std::string(64, 'a'),
          .clock = {{{"machine1", 7}}},
          .source = Source::merged,
          .by = "lark",
          .entries = 2,
          .profiles = 1,
          .text = std::move(text)};
}

Intent intent() {
  return {.remote = "host bucket key",
          .before = std::string(64, 'b'),
          .after = std::string(64, 'c'),
          .clock = {{{"machine1", 8}, {"machine2", 40}}},
          .puts = true,
          .replaces = true,
          .beside = ".config.json.0011.start-claude-old",
          .over = std::string(64, 'd'),
          .over_clock = {{{"machine2", 40}}},
          .conflicts = {{"configs", "production", "model"}, {"settings", "theme"}}};
}

Journal::Contents read(const Journal& journal, std::uint64_t from = 0) {
  auto contents = journal.read(from);
  REQUIRE(contents);
  return *std::move(contents);
}

TEST_CASE("a record is one line of JSON that holds its sum, and reads as it was written") {
  SECTION("a content, whatever its text") {
    const auto* const text =
        GENERATE("{}", "{\n  \"a\": \"\\u001f \\\\ \xC3\xA9\"\r\n}\n", "\t\xEF\xBF\xBD");
    const std::string line = format_record(content(text), at);
    CHECK(line.find('\n') == line.size() - 1);
    const auto parsed = parse_record(line);
    REQUIRE(parsed);
    CHECK(parsed->at == at);
    const auto& read = std::get<ContentRecord>(parsed->record);
    CHECK(read.text == text);
    CHECK(read.clock == content(text).clock);
    CHECK(read.source == Source::merged);
    CHECK(read.by == "lark");
    CHECK(read.entries == 2);
    CHECK(read.profiles == 1);
    CHECK_FALSE(read.is_damaged);
  }
  SECTION("bytes that are no document") {
    ContentRecord damaged = content(std::string("\0\xFF{", 3));
    damaged.is_damaged = true;
    const auto parsed = parse_record(format_record(damaged, at));
    REQUIRE(parsed);
    CHECK(std::get<ContentRecord>(parsed->record).text == std::string("\0\xFF{", 3));
    CHECK(std::get<ContentRecord>(parsed->record).is_damaged);
  }
  SECTION("an intent") {
    const auto parsed = parse_record(format_record(intent(), at));
    REQUIRE(parsed);
    CHECK(std::get<Intent>(parsed->record) == intent());
  }
  SECTION("what came of it") {
    const RemoteState agreed{.ancestor = std::string(64, 'c'),
                             .clock = {{{"machine1", 8}}},
                             .etag = "\"1\"",
                             .last_modified = at,
                             .modified = at,
                             .writer = "lark"};
    const auto parsed = parse_record(format_record(DoneRecord{.remote = "host bucket key",
                                                              .revision = std::string(64, 'c'),
                                                              .clock = {{{"machine1", 8}}},
                                                              .agreed = agreed},
                                                   at));
    REQUIRE(parsed);
    CHECK(std::get<DoneRecord>(parsed->record).agreed == agreed);
  }
}

TEST_CASE("a line that was changed is no record") {
  std::string line = format_record(intent(), at);
  const auto position = GENERATE_COPY(range(std::size_t{0}, line.size() - 1));
  line[position] = static_cast<char>(line[position] ^ 1);
  CHECK_FALSE(parse_record(line));
}

TEST_CASE("what is appended is read again, from the start and from any end") {
  Disk disk;
  Journal journal(disk.files, path);
  CHECK(read(journal).entries.empty());
  auto first = journal.append({}, {format_record(content("{}"), at)}, Journal::Durability::now);
  REQUIRE(first);
  auto second = journal.append(
      *first, {format_record(intent(), at), format_record(SettledRecord{"memory team c.json"}, at)},
      Journal::Durability::later);
  REQUIRE(second);
  CHECK(read(journal).entries.size() == 3);
  CHECK(read(journal).end == *second);
  CHECK(read(journal, first->size).entries.size() == 2);
  CHECK(journal.is_at(*second));
  CHECK_FALSE(journal.is_at(*first));
  CHECK(journal.ends_with(*first));
  CHECK(journal.ends_with(*second));
  const auto place = read(journal).entries[1].place;
  const auto record = journal.record_at(place);
  REQUIRE(record);
  CHECK(std::get<Intent>(record->record) == intent());
}

TEST_CASE("a torn tail is cut by the next append, wherever it was torn") {
  Disk disk;
  Journal journal(disk.files, path);
  auto end = journal.append({}, {format_record(content("{}"), at)}, Journal::Durability::now);
  REQUIRE(end);
  const std::string torn = format_record(intent(), at);
  const auto kept = GENERATE_COPY(range(std::size_t{1}, torn.size(), std::size_t{7}));
  disk.files.write_in_place(path, *disk.files.text_of(path) + torn.substr(0, kept));
  const auto contents = read(journal);
  CHECK(contents.entries.size() == 1);
  CHECK(contents.end.size == end->size);
  auto next = journal.append(contents.end, {format_record(SettledRecord{"memory team c.json"}, at)},
                             Journal::Durability::now);
  REQUIRE(next);
  CHECK(read(journal).entries.size() == 2);
  CHECK(read(journal).end == *next);
}

TEST_CASE("a bad line in the middle hides only itself") {
  Disk disk;
  Journal journal(disk.files, path);
  const std::string good = format_record(SettledRecord{"memory team c.json"}, at);
  disk.files.write_in_place(path, good + std::string(20, '\0') + "\n" + good);
  CHECK(read(journal).entries.size() == 2);
}

TEST_CASE("another journal of the same size is not taken for the one that is known") {
  Disk disk;
  Journal journal(disk.files, path);
  auto end = journal.append({}, {format_record(content("{}"), at)}, Journal::Durability::now);
  REQUIRE(end);
  const std::string other = format_record(content("[]"), at);
  REQUIRE(other.size() == end->size);
  disk.files.write_in_place(path, other);
  CHECK(journal.is_at(*end));
  CHECK_FALSE(journal.ends_with(*end));
}

TEST_CASE("a full disk leaves the records that were there") {
  Disk disk;
  Journal journal(disk.files, path);
  auto end = journal.append({}, {format_record(content("{}"), at)}, Journal::Durability::now);
  REQUIRE(end);
  disk.files.capacity = end->size + 10;
  const auto failed = journal.append(*end, {format_record(intent(), at)}, Journal::Durability::now);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().kind == ErrorKind::local_disk);
  CHECK(read(journal).end == *end);
}

}  // namespace
}  // namespace start_claude::sync
