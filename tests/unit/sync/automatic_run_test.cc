#include "sync/automatic_run.h"

#include <catch2/catch.hpp>

#include "support/fake_clock.h"
#include "support/fake_random.h"
#include "support/memory_filesystem.h"

namespace start_claude::sync {
namespace {

const std::string path = "/s3-automatic.json";

struct Row {
  std::string shows;
  std::string text;
};

TEST_CASE("the record of an automatic run is read as it was written, for its owner only") {
  support::FakeClock clock;
  support::FakeRandom random;
  support::MemoryFileSystem files(clock);
  const AutomaticRun run{.by = "watch",
                         .at = clock.now(),
                         .result = "held",
                         .reason = "conflict",
                         .message = "\"a\".model changed on both sides"};
  REQUIRE(record_automatic_run(files, random, path, run));
  CHECK(last_automatic_run(files, path) == run);
  CHECK(std::get<platform::FileStatus>(files.status(path)).mode == 0600);
  const AutomaticRun next{
      .by = "manager", .at = clock.now(), .result = "in_sync", .reason = "equal"};
  REQUIRE(record_automatic_run(files, random, path, next));
  CHECK(last_automatic_run(files, path) == next);
}

TEST_CASE("a record that is lost, damaged or of another shape is none") {
  const support::FakeClock clock;
  support::MemoryFileSystem files(clock);
  CHECK(last_automatic_run(files, path) == std::nullopt);
  const auto row = GENERATE(values<Row>({
      {"cut off", R"({"by":"wat)"},
      {"empty", ""},
      {"a list", "[]"},
      {"no time", R"({"by":"watch","result":"held"})"},
      {"a strange time", R"({"by":"watch","at":"yesterday","result":"held"})"},
      {"nobody's", R"({"at":"2026-11-22T08:14:03Z","result":"held"})"},
      {"no result", R"({"by":"watch","at":"2026-11-22T08:14:03Z"})"},
  }));
  INFO(row.shows);
  files.write_in_place(path, row.text);
  CHECK(last_automatic_run(files, path) == std::nullopt);
}

}  // namespace
}  // namespace start_claude::sync
