// One write of the remote may take several PUTs.
#include "sync/remote_writer.h"

#include <catch2/catch.hpp>

#include "support/sync_device.h"

namespace start_claude::sync {
namespace {

TEST_CASE("one write has waiting time once, however many PUTs it takes") {
  support::FakeClock clock;
  support::MemoryBuckets buckets(clock);
  buckets.create(support::device_object.bucket);
  support::MemoryObjectStore store(buckets, clock, "lark");
  RemoteWriter writer(store, clock, support::device_object, "lark");
  int calls = 0;
  std::size_t states_at_call = 0;
  Outgoing outgoing{.text = std::string("{}"), .revision = "a", .clock = {{{"machine1", 1}}}};
  outgoing.while_awaited = [&] {
    ++calls;
    states_at_call = buckets.states(support::device_object).size();
  };
  SECTION("the first one measures what the store makes of conditions") {
    buckets.traits().if_match = support::ConditionSupport::ignored;
    const auto written = writer.write(outgoing);
    REQUIRE(written);
    CHECK(std::holds_alternative<Written>(*written));
    CHECK(store.call_count() == 3);
    CHECK(calls == 1);
    CHECK(states_at_call == 1);
    outgoing.replaces = std::get<Written>(*written).etag;
    REQUIRE(writer.write(outgoing));
    CHECK(calls == 2);
  }
  SECTION("a request that did not get there leaves the work to the caller") {
    store.set_hook([](const support::StoreCall&) { return support::StoreFault::request_lost; });
    (void)writer.write(outgoing);
    CHECK(calls == 0);
  }
  SECTION("an answer that did not come back does not") {
    store.set_hook([](const support::StoreCall&) { return support::StoreFault::answer_lost; });
    (void)writer.write(outgoing);
    CHECK(calls == 1);
  }
}

TEST_CASE("a lost race shows that the store honours If-Match") {
  support::FakeClock clock;
  support::MemoryBuckets buckets(clock);
  buckets.create(support::device_object.bucket);
  support::MemoryObjectStore store(buckets, clock, "lark");
  REQUIRE(store.put(support::device_object, {.body = std::string("{ }")}, s3::IfAbsent{}));
  RemoteWriter writer(store, clock, support::device_object, "lark");
  const auto outcome = writer.write(
      {.text = std::string("{}"), .revision = "a", .replaces = s3::ETag{"\"an older one\""}});
  REQUIRE(outcome);
  CHECK(std::holds_alternative<Raced>(*outcome));
  CHECK(writer.traits().if_match == Verdict::honoured);
  CHECK(writer.traits().if_none_match == Verdict::unknown);
}

}  // namespace
}  // namespace start_claude::sync
