// Earlier contents from both sides: which are listed, in which order, and what may be missing.
#include "sync/revisions.h"

#include <catch2/catch.hpp>

#include "config/document.h"
#include "support/sync_device.h"

namespace start_claude::sync {
namespace {

using support::StoreFault;
using support::StoreOperation;
using support::SyncDevice;

std::string content(int number) {
  return SyncDevice::configs({{"production", "m" + std::to_string(number)}});
}

std::string revision(int number) {
  return config::revision_of(*config::parse_document(content(number)));
}

struct Places {
  support::FakeClock server_clock;
  support::MemoryBuckets buckets{server_clock, {.keeps_versions = true}};
  SyncDevice lark{buckets, "lark"};

  Places() { buckets.create(support::device_object.bucket); }

  void pass() {
    server_clock.advance(std::chrono::minutes(1));
    lark.clock.advance(std::chrono::minutes(1));
  }
  void store(const std::string& body) {
    pass();
    support::MemoryState state;
    state.body = body;
    buckets.store(support::device_object, std::move(state));
  }
  void keep(int number) {
    pass();
    Memory memory = lark.memory();
    memory.note(ContentRecord{.revision = revision(number),
                              .source = Source::local,
                              .by = "lark",
                              .entries = 1,
                              .profiles = 1,
                              .text = content(number)});
    REQUIRE(memory.write(Journal::Durability::now));
  }
  std::vector<Revision> list() {
    auto listed = list_revisions(lark.memory(), &lark.store, support::device_object);
    REQUIRE(listed);
    return *std::move(listed);
  }
};

std::vector<std::pair<RevisionPlace, std::string>> places_in(const std::vector<Revision>& all) {
  std::vector<std::pair<RevisionPlace, std::string>> places;
  for (const Revision& one : all) places.emplace_back(one.place, one.revision);
  return places;
}

constexpr auto current = RevisionPlace::remote_current;
constexpr auto version = RevisionPlace::remote_version;
constexpr auto here = RevisionPlace::local_history;
using List = std::vector<std::pair<RevisionPlace, std::string>>;

}  // namespace

TEST_CASE("local and remote revisions are listed together, each content once, newest first") {
  Places places;
  places.store(content(1));
  places.keep(2);
  places.store(content(3));
  places.keep(1);
  places.store(content(4));
  const auto listed = places.list();
  CHECK(places_in(listed) == List{{current, revision(4)},
                                  {here, revision(1)},
                                  {version, revision(3)},
                                  {here, revision(2)}});
  CHECK(listed[2].text == content(3));
  CHECK(listed[2].profiles == 1);
}

TEST_CASE("what was deleted or damaged in the bucket is no revision") {
  Places places;
  places.store(content(1));
  places.store("{}");
  places.buckets.remove(support::device_object);
  CHECK(places_in(places.list()) == List{{version, revision(1)}});
}

TEST_CASE("without versions, or the right to list them, the rest is still listed") {
  Places places;
  const bool keeps_versions = GENERATE(false, true);
  places.buckets.traits().keeps_versions = keeps_versions;
  places.store(content(1));
  places.keep(2);
  places.store(content(3));
  if (keeps_versions) {
    places.lark.store.set_hook([](const support::StoreCall& call) {
      const bool lists = call.operation == StoreOperation::list_versions;
      return lists ? StoreFault::access_denied : StoreFault::none;
    });
  }
  CHECK(places_in(places.list()) == List{{current, revision(3)}, {here, revision(2)}});
}

TEST_CASE("without a store only what is here is listed, an unreachable one is an error") {
  Places places;
  places.store(content(1));
  places.keep(2);
  const auto offline = list_revisions(places.lark.memory(), nullptr, support::device_object);
  REQUIRE(offline);
  CHECK(places_in(*offline) == List{{here, revision(2)}});
  places.lark.store.set_hook([](const support::StoreCall&) { return StoreFault::request_lost; });
  const auto listed =
      list_revisions(places.lark.memory(), &places.lark.store, support::device_object);
  REQUIRE_FALSE(listed);
  CHECK(listed.error().kind == ErrorKind::unreachable);
}

TEST_CASE("of many versions in the bucket the newest twenty are read") {
  Places places;
  for (int i = 0; i < 30; ++i) places.store(content(i));
  const auto listed = places.list();
  CHECK(listed.size() == 1 + remote_versions_max);
  CHECK(listed.back().revision == revision(9));
  // One GET, one listing, and one for each version.
  CHECK(places.lark.requests() == 2 + remote_versions_max);
}

}  // namespace start_claude::sync
