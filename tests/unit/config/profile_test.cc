#include "config/profile.h"

#include <catch2/catch.hpp>

#include "json/parse.h"
#include "json/write.h"

using namespace start_claude;

namespace {

json::Value profile(std::string_view text) { return std::get<json::Value>(json::parse(text)); }

}  // namespace

TEST_CASE("a profile is known by its name and, if it is a text, its id") {
  CHECK(config::name_of(profile(R"({"name":"Work"})")) == "Work");
  CHECK(config::name_of(profile(R"({"name":7})")).empty());
  CHECK(config::id_of(profile(R"({"id":"4f"})")) == "4f");
  CHECK(config::id_of(profile(R"({"id":""})")) == std::nullopt);
  CHECK(config::id_of(profile(R"({"id":4})")) == std::nullopt);
}

TEST_CASE("a tombstone says so, with the date in any form its writers use") {
  CHECK(config::is_tombstone(profile(R"({"isDeleted":true})")));
  CHECK_FALSE(config::is_tombstone(profile(R"({"isDeleted":"true"})")));
  CHECK_FALSE(config::is_tombstone(profile(R"({"deletedAt":"2026-11-22T08:14:03Z"})")));
  const auto date = config::deleted_at(profile(R"({"deletedAt":"2026-11-22T08:14:03.000Z"})"));
  REQUIRE(date);
  CHECK(config::deleted_at(profile(R"({"deletedAt":"2026-11-22 08:14:03"})")) == date);
  CHECK(config::deleted_at(profile(R"({"deletedAt":"yesterday"})")) == std::nullopt);
  CHECK(config::deleted_at(profile(R"({"deletedAt":1763799243})")) == std::nullopt);
}

TEST_CASE("a deleted profile keeps who it was and loses the rest") {
  const auto now = *base::parse_time("2026-11-22T08:14:03Z");
  struct Row {
    std::string what, before, after;
  };
  const auto row = GENERATE(values<Row>({
      {"a live one", R"({"id":"4f","apiKey":"sk-1","name":"work","env":{"TOKEN":"t"},"order":2})",
       R"({"id":"4f","name":"work","order":2,"isDeleted":true,)"
       R"("deletedAt":"2026-11-22T08:14:03.000Z"})"},
      {"one that was deleted before keeps its date",
       R"({"name":"work","isDeleted":true,"deletedAt":"2026-01-01 00:00:00","apiKey":"sk-1"})",
       R"({"name":"work","isDeleted":true,"deletedAt":"2026-01-01 00:00:00"})"},
      {"an unreadable date is replaced", R"({"name":"work","isDeleted":true,"deletedAt":"?"})",
       R"({"name":"work","isDeleted":true,"deletedAt":"2026-11-22T08:14:03.000Z"})"},
  }));
  INFO(row.what);
  CHECK(json::write_compact(config::tombstone_of(profile(row.before), now)) == row.after);
}
