// The engine on simulated files and a simulated store: what it does, in how many requests.
#include "sync/engine.h"

#include <catch2/catch.hpp>

#include "config/document.h"
#include "crypto/sha256.h"
#include "support/sync_device.h"
#include "sync/object_metadata.h"

namespace start_claude::sync {
namespace {

using resolve::Cause;
using resolve::Direction;
using resolve::Occasion;
using resolve::Option;
using support::SyncDevice;

struct Fleet {
  support::FakeClock server_clock;
  support::MemoryBuckets buckets{server_clock};
  SyncDevice lark{buckets, "lark", 1};
  SyncDevice heron{buckets, "heron", 2};

  Fleet() { buckets.create(support::device_object.bucket); }

  void pass(std::chrono::milliseconds time) {
    server_clock.advance(time);
    lark.clock.advance(time);
    heron.clock.advance(time);
  }
  std::string remote() const {
    const auto* state = buckets.find(support::device_object);
    return state != nullptr ? state->body : "";
  }
  /// Both machines and the bucket hold this.
  void agree_on(const std::string& text) {
    lark.edit(text);
    REQUIRE(lark.sync_unattended());
    REQUIRE(heron.sync_unattended());
    REQUIRE(heron.local() == text);
    (void)lark.requests();
    (void)heron.requests();
    pass(std::chrono::minutes(10));
  }
};

/// A process that ends here.
struct CutOff {};

sync::RunReport ran(Result<sync::RunReport> report) {
  INFO((report ? "" : report.error().message));
  REQUIRE(report);
  return *std::move(report);
}

const std::string v1 = SyncDevice::configs({{"production", "m1"}});
const std::string v2 = SyncDevice::configs({{"production", "m2"}});
const std::string v3 = SyncDevice::configs({{"production", "m3"}});

TEST_CASE("one machine's file reaches the other") {
  Fleet fleet;
  fleet.lark.edit(v1);
  CHECK(ran(fleet.lark.sync_unattended()).cause == Cause::first_upload);
  CHECK(fleet.remote() == v1);
  CHECK(ran(fleet.heron.sync_unattended()).cause == Cause::first_download);
  CHECK(fleet.heron.local() == v1);
}

TEST_CASE("a run costs one request: no change, remote changed, local changed") {
  Fleet fleet;
  fleet.agree_on(v1);
  CHECK(ran(fleet.lark.sync_unattended()).result == RunResult::in_sync);
  CHECK(fleet.lark.requests() == 1);
  fleet.lark.edit(v2);
  CHECK(ran(fleet.lark.sync_unattended()).result == RunResult::uploaded);
  CHECK(fleet.lark.requests() == 1);
  CHECK(ran(fleet.heron.sync_unattended()).result == RunResult::downloaded);
  CHECK(fleet.heron.requests() == 1);
  CHECK(fleet.heron.local() == v2);
}

TEST_CASE("nothing is written when nothing changed") {
  Fleet fleet;
  fleet.agree_on(v1);
  (void)ran(fleet.lark.sync_unattended());  // may note that the file is the one agreed on
  const std::size_t writes = fleet.buckets.write_count();
  fleet.lark.files.before_operation = [](std::string_view operation, const std::string& path) {
    INFO(operation << " " << path);
    CHECK((operation == "read" || operation == "list" || operation == "follow_links" ||
           operation == "status"));
  };
  CHECK(ran(fleet.lark.sync_unattended()).result == RunResult::in_sync);
  CHECK(fleet.buckets.write_count() == writes);
}

TEST_CASE("the first upload measures whether conditions are honoured, once") {
  struct Row {
    support::ConditionSupport support;
    Verdict verdict;
  };
  const Row rows[] = {{support::ConditionSupport::honoured, Verdict::honoured},
                      {support::ConditionSupport::ignored, Verdict::ignored},
                      {support::ConditionSupport::refused, Verdict::refused}};
  for (const Row& row : rows) {
    Fleet fleet;
    fleet.buckets.traits().if_match = row.support;
    fleet.buckets.traits().if_none_match = row.support;
    fleet.lark.edit(v1);
    (void)ran(fleet.lark.sync_unattended());
    fleet.lark.edit(v2);
    const RunReport report = ran(fleet.lark.sync_unattended());
    CHECK(report.traits.if_match == row.verdict);
    CHECK(report.result == RunResult::uploaded);
    CHECK(fleet.remote() == v2);
  }
}

TEST_CASE("a write under way while conditions are measured leaves that open") {
  Fleet fleet;
  fleet.buckets.traits().if_match = support::ConditionSupport::ignored;
  fleet.buckets.traits().if_none_match = support::ConditionSupport::ignored;
  fleet.lark.edit(v1);
  int puts = 0;
  fleet.lark.store.set_hook([&puts](const support::StoreCall& call) {
    const bool is_put = call.operation == support::StoreOperation::put;
    return is_put && ++puts > 1 ? support::StoreFault::conflict : support::StoreFault::none;
  });
  CHECK(ran(fleet.lark.sync_unattended()).traits.if_match == Verdict::unknown);
  CHECK(puts == 3);
  fleet.lark.store.set_hook({});
  fleet.lark.edit(v2);
  const RunReport report = ran(fleet.lark.sync_unattended());
  CHECK(report.traits.if_match == Verdict::ignored);
  CHECK(report.traits.if_none_match == Verdict::ignored);
}

TEST_CASE("after a download both sides show the same time") {
  Fleet fleet;
  fleet.lark.edit(v1);
  fleet.pass(std::chrono::minutes(3));
  (void)ran(fleet.lark.sync_unattended());
  (void)ran(fleet.heron.sync_unattended());
  const auto modified = [](SyncDevice& device) {
    return std::get<platform::FileStatus>(device.files.status(support::device_config)).modified;
  };
  CHECK(modified(fleet.heron) == modified(fleet.lark));
}

TEST_CASE("settings.s3Sync stays where it is") {
  Fleet fleet;
  fleet.agree_on(v1);
  const std::string with_settings =
      R"({"configs":[{"name":"production","model":"m2"}],"settings":{"s3Sync":{"secretAccessKey":"hush"}}})";
  fleet.lark.edit(with_settings);
  CHECK(ran(fleet.lark.sync_unattended()).result == RunResult::uploaded);
  CHECK(fleet.remote().find("hush") == std::string::npos);
  CHECK(fleet.lark.local() == with_settings);
  fleet.heron.edit(v3);
  fleet.pass(std::chrono::hours(1));
  (void)ran(fleet.heron.run({.direction = Direction::up, .force = resolve::Force::yes}));
  CHECK(ran(fleet.lark.sync_unattended()).result == RunResult::downloaded);
  CHECK(fleet.lark.local()->find("hush") != std::string::npos);
  CHECK(fleet.lark.local()->find("m3") != std::string::npos);
}

TEST_CASE("edits to different fields on two machines are merged, and both get the merge") {
  Fleet fleet;
  fleet.agree_on(SyncDevice::configs({{"production", "m1"}, {"staging", "s1"}}));
  fleet.lark.edit(SyncDevice::configs({{"production", "m2"}, {"staging", "s1"}}));
  fleet.heron.edit(SyncDevice::configs({{"production", "m1"}, {"staging", "s2"}}));
  (void)ran(fleet.lark.sync_unattended());
  CHECK(ran(fleet.heron.sync_unattended()).result == RunResult::merged);
  (void)ran(fleet.lark.sync_unattended());
  const std::string both = SyncDevice::configs({{"production", "m2"}, {"staging", "s2"}});
  CHECK(fleet.remote() == both);
  CHECK(fleet.heron.local() == both);
  CHECK(fleet.lark.local() == both);
}

TEST_CASE("the same field on two machines within five minutes is held, and nothing changes") {
  Fleet fleet;
  fleet.agree_on(v1);
  fleet.lark.edit(v2);
  fleet.heron.edit(v3);
  (void)ran(fleet.lark.sync_unattended());
  const RunReport report = ran(fleet.heron.sync_unattended());
  CHECK(report.result == RunResult::held);
  REQUIRE(report.conflicts.size() == 1);
  CHECK(resolve::format_path(report.conflicts[0].path) == "production.model");
  CHECK(fleet.heron.local() == v3);
  CHECK(fleet.remote() == v2);
}

TEST_CASE("a conflict that time settles is named, whichever side wins all of it") {
  Fleet fleet;
  fleet.agree_on(v1);
  const bool lark_is_newer = GENERATE(false, true);
  fleet.lark.edit(v2);
  fleet.heron.edit(v3);
  SyncDevice& newer = lark_is_newer ? fleet.lark : fleet.heron;
  (void)ran(fleet.heron.sync_unattended());
  fleet.pass(std::chrono::minutes(10));
  newer.edit(lark_is_newer ? v2 : v3);
  if (!lark_is_newer) {
    // The remote's time is that of the upload's file.
    fleet.heron.edit(SyncDevice::configs({{"production", "m4"}}));
    (void)ran(fleet.heron.sync_unattended());
  }
  const auto report = ran(fleet.lark.sync_unattended());
  CHECK(report.result == (lark_is_newer ? RunResult::uploaded : RunResult::downloaded));
  REQUIRE(report.conflicts.size() == 1);
  CHECK(resolve::format_path(report.conflicts[0].path) == "production.model");
  CHECK(report.conflicts[0].taken_from ==
        (lark_is_newer ? resolve::Side::local : resolve::Side::remote));
  // What lost was never here, or is here no more: it is in the journal.
  CHECK(fleet.lark.has_kept(lark_is_newer ? v3 : v2));
}

TEST_CASE("a person settles a conflict field by field") {
  Fleet fleet;
  fleet.agree_on(v1);
  fleet.lark.edit(v2);
  fleet.heron.edit(v3);
  (void)ran(fleet.lark.sync_unattended());
  fleet.heron.conversation.takes = resolve::Side::local;
  CHECK(ran(fleet.heron.sync_by_hand({})).result == RunResult::uploaded);
  CHECK(fleet.remote() == v3);
  CHECK(ran(fleet.lark.sync_unattended()).result == RunResult::downloaded);
}

TEST_CASE("whoever loses the race reads again and merges") {
  Fleet fleet;
  fleet.agree_on(SyncDevice::configs({{"production", "m1"}, {"staging", "s1"}}));
  fleet.lark.edit(SyncDevice::configs({{"production", "m2"}, {"staging", "s1"}}));
  fleet.heron.edit(SyncDevice::configs({{"production", "m1"}, {"staging", "s2"}}));
  bool first = true;
  fleet.heron.store.set_hook([&](const support::StoreCall& call) {
    if (call.operation == support::StoreOperation::put && first) {
      first = false;
      (void)ran(fleet.lark.sync_unattended());
    }
    return support::StoreFault::none;
  });
  CHECK(ran(fleet.heron.sync_unattended()).result == RunResult::merged);
  CHECK(fleet.remote() == SyncDevice::configs({{"production", "m2"}, {"staging", "s2"}}));
}

TEST_CASE("whoever thought for long and then loses the race is asked again") {
  Fleet fleet;
  fleet.agree_on(v1);
  fleet.lark.edit(v2);
  fleet.heron.edit(v3);
  (void)ran(fleet.lark.sync_unattended());
  fleet.heron.conversation.takes = resolve::Side::local;
  fleet.heron.conversation.while_asked = [&] {
    fleet.pass(std::chrono::minutes(2));
    if (fleet.heron.conversation.asked.size() > 1) return;
    fleet.lark.edit(SyncDevice::configs({{"production", "m4"}}));
    (void)ran(fleet.lark.sync_unattended());
  };
  CHECK(ran(fleet.heron.sync_by_hand({})).result == RunResult::uploaded);
  CHECK(fleet.heron.conversation.asked.size() == 2);
  CHECK(fleet.remote() == v3);
}

TEST_CASE("a program here that saves config.json again and again is named, not the others") {
  Fleet fleet;
  fleet.agree_on(v1);
  fleet.lark.edit(v2);
  (void)ran(fleet.lark.sync_unattended());
  int saved = 0;
  fleet.heron.store.set_hook([&](const support::StoreCall&) {
    fleet.pass(std::chrono::seconds(10));
    const std::string model = "s" + std::to_string(++saved);
    fleet.heron.edit(SyncDevice::configs({{"production", "m1"}, {"staging", model}}));
    return support::StoreFault::none;
  });
  const auto report = fleet.heron.sync_unattended();
  REQUIRE_FALSE(report);
  CHECK(report.error().kind == ErrorKind::undecided);
  CHECK(report.error().message ==
        "another program here kept saving config.json for 30 s and was always first; gave up, "
        "nothing was lost");
  CHECK(fleet.heron.local() ==
        SyncDevice::configs({{"production", "m1"}, {"staging", "s" + std::to_string(saved)}}));
}

TEST_CASE("a merge forgets deletions of more than 30 days ago, unless this clock is off") {
  const auto skew = GENERATE(std::chrono::hours(0), std::chrono::hours(24 * 365));
  const auto age = GENERATE(std::chrono::hours(24 * 29), std::chrono::hours(24 * 31));
  Fleet fleet;
  const std::string deleted =
      base::format_rfc3339(fleet.server_clock.now() + std::chrono::minutes(10) - age);
  const auto with = [&](const char* production, const char* staging) {
    return R"({"configs":[{"name":"gone","isDeleted":true,"deletedAt":")" + deleted +
           R"("},{"name":"production","model":")" + production +
           R"("},{"name":"staging","model":")" + staging + R"("}]})";
  };
  fleet.agree_on(with("m1", "s1"));
  fleet.lark.edit(with("m2", "s1"));
  (void)ran(fleet.lark.sync_unattended());
  fleet.heron.edit(with("m1", "s2"));
  fleet.heron.clock.advance(skew);
  CHECK(ran(fleet.heron.sync_unattended()).result == RunResult::merged);
  const bool is_kept = fleet.remote().find("gone") != std::string::npos;
  const bool is_old = age > std::chrono::hours(24 * 30);
  CHECK(is_kept == (!is_old || skew > std::chrono::hours(0)));
}

TEST_CASE("a PUT whose answer was lost is settled by reading") {
  Fleet fleet;
  fleet.agree_on(v1);
  fleet.lark.edit(v2);
  fleet.lark.store.set_hook([](const support::StoreCall& call) {
    return call.operation == support::StoreOperation::put ? support::StoreFault::answer_lost
                                                          : support::StoreFault::none;
  });
  CHECK(ran(fleet.lark.sync_unattended()).result == RunResult::uploaded);
  CHECK(fleet.remote() == v2);
  fleet.lark.store.set_hook({});
  (void)fleet.lark.requests();
  CHECK(ran(fleet.lark.sync_unattended()).result == RunResult::in_sync);
}

TEST_CASE("a PUT that is gone because another writer overtook it has lost a race") {
  const auto support =
      GENERATE(support::ConditionSupport::honoured, support::ConditionSupport::ignored,
               support::ConditionSupport::refused);
  Fleet fleet;
  fleet.buckets.traits().if_match = fleet.buckets.traits().if_none_match = support;
  fleet.agree_on(v1);
  fleet.lark.edit(SyncDevice::configs({{"production", "m1"}, {"larks", "x1"}}));
  bool was_overtaken = false;
  fleet.lark.store.set_hook([&](const support::StoreCall& call) {
    if (call.operation != support::StoreOperation::put || std::exchange(was_overtaken, true)) {
      return support::StoreFault::none;
    }
    fleet.heron.edit(SyncDevice::configs({{"production", "m1"}, {"herons", "x2"}}));
    (void)ran(fleet.heron.sync_unattended());
    return support::StoreFault::request_lost;
  });
  CHECK(ran(fleet.lark.sync_unattended()).result == RunResult::merged);
  CHECK_THAT(fleet.remote(), Catch::Contains("larks") && Catch::Contains("herons"));
}

TEST_CASE("a PUT that is gone, and nobody else wrote: an error, and no second try") {
  Fleet fleet;
  fleet.agree_on(v1);
  fleet.lark.edit(v2);
  std::size_t puts = 0;
  fleet.lark.store.set_hook([&](const support::StoreCall& call) {
    if (call.operation != support::StoreOperation::put) return support::StoreFault::none;
    ++puts;
    return support::StoreFault::request_lost;
  });
  const auto report = fleet.lark.sync_unattended();
  REQUIRE_FALSE(report);
  CHECK(report.error().kind == ErrorKind::unreachable);
  CHECK(puts == 1);
  CHECK(fleet.remote() == v1);
}

/// Stores the first PUT, loses its answer, and is told on the second attempt that somebody wrote.
class ForgetfulStore final : public s3::ObjectStore {
 public:
  ForgetfulStore(s3::ObjectStore& inner, std::function<void()> meanwhile)
      : inner_(inner), meanwhile_(std::move(meanwhile)) {}

  Result<s3::PutOutcome> put(const s3::ObjectLocation& object, const s3::PutRequest& request,
                             const s3::Precondition& precondition) override {
    auto stored = inner_.put(object, request, precondition);
    if (!meanwhile_) return stored;
    std::exchange(meanwhile_, nullptr)();
    return s3::PutOutcome{s3::AnswerLost{.condition_failed = true}};
  }
  Result<s3::GetOutcome> get(const s3::ObjectLocation& object,
                             const std::optional<s3::ETag>& if_none_match) override {
    return inner_.get(object, if_none_match);
  }
  Result<s3::GetOutcome> get_version(const s3::ObjectLocation& object,
                                     const std::string& version) override {
    return inner_.get_version(object, version);
  }
  Result<s3::VersionsOutcome> list_versions(const s3::ObjectLocation& object) override {
    return inner_.list_versions(object);
  }
  Result<s3::HeadOutcome> head(const s3::ObjectLocation& object) override {
    return inner_.head(object);
  }
  Result<base::Done> create_bucket(const std::string& bucket) override {
    return inner_.create_bucket(bucket);
  }
  Result<s3::Permission> remove(const s3::ObjectLocation& object,
                                const std::string& version) override {
    return inner_.remove(object, version);
  }
  s3::ClockSkew clock_skew() const override { return inner_.clock_skew(); }

 private:
  s3::ObjectStore& inner_;
  std::function<void()> meanwhile_;
};

TEST_CASE("what a lost PUT had settled is told, though somebody wrote over it at once") {
  Fleet fleet;
  fleet.lark.edit(v1);
  (void)ran(fleet.lark.sync_unattended());
  fleet.pass(std::chrono::minutes(10));
  // Newer, and without an ancestor: it wins the field that differs.
  SyncDevice& heron = fleet.heron;
  heron.edit(SyncDevice::configs({{"production", "m9"}, {"own", "o1"}}));
  ForgetfulStore store(heron.store, [&] {
    fleet.lark.edit(SyncDevice::configs({{"production", "m1"}, {"more", "x1"}}));
    (void)ran(fleet.lark.sync_unattended());
  });
  Engine engine({heron.files, heron.clock, heron.random, store, heron.conversation},
                {.paths = paths_beside(support::device_config),
                 .remote = {"memory", support::device_object.bucket, support::device_object.key},
                 .host_name = heron.name});
  const auto report = ran(engine.run({.occasion = resolve::Occasion::unattended}));
  CHECK(report.result == RunResult::downloaded);
  CHECK(heron.conversation.lost == std::vector<std::string>{"production.model"});
}

TEST_CASE("an editor that writes between our read and our write is not overwritten") {
  Fleet fleet;
  fleet.agree_on(SyncDevice::configs({{"production", "m1"}, {"staging", "s1"}}));
  fleet.lark.edit(SyncDevice::configs({{"production", "m2"}, {"staging", "s1"}}));
  (void)ran(fleet.lark.sync_unattended());
  fleet.heron.store.set_hook([&](const support::StoreCall&) {
    fleet.heron.edit(SyncDevice::configs({{"production", "m1"}, {"staging", "s9"}}));
    fleet.heron.store.set_hook({});
    return support::StoreFault::none;
  });
  (void)ran(fleet.heron.sync_unattended());
  const std::string both = SyncDevice::configs({{"production", "m2"}, {"staging", "s9"}});
  CHECK(fleet.heron.local() == both);
  (void)ran(fleet.heron.sync_unattended());
  CHECK(fleet.remote() == both);
}

TEST_CASE("a stale read of what a later content came from opposes nothing") {
  Fleet fleet;
  fleet.buckets.traits().if_match = support::ConditionSupport::ignored;
  fleet.buckets.traits().if_none_match = support::ConditionSupport::ignored;
  fleet.lark.edit(v1);
  (void)ran(fleet.lark.sync_unattended());
  fleet.lark.edit(v2);
  (void)ran(fleet.lark.sync_unattended());
  // heron never has v1 itself.
  (void)ran(fleet.heron.sync_unattended());
  REQUIRE(fleet.heron.local() == v2);
  fleet.heron.edit(v3);
  fleet.heron.store.set_hook([&](const support::StoreCall& call) {
    return call.number == 2 ? support::StoreFault::stale_read : support::StoreFault::none;
  });
  const auto report = ran(fleet.heron.sync_by_hand({}));
  CHECK(report.cause == Cause::local_changed);
  CHECK(fleet.heron.conversation.asked.empty());
  CHECK(fleet.remote() == v3);
}

TEST_CASE("an object that a store without conditions misses for a moment is not gone") {
  Fleet fleet;
  fleet.buckets.traits().if_match = support::ConditionSupport::ignored;
  fleet.buckets.traits().if_none_match = support::ConditionSupport::ignored;
  fleet.lark.edit(v1);
  (void)ran(fleet.lark.sync_unattended());
  fleet.lark.edit(v2);
  const support::MemoryState state = *fleet.buckets.find(support::device_object);
  int calls = 0;
  fleet.lark.store.set_hook([&](const support::StoreCall&) {
    if (++calls == 1) fleet.buckets.remove(support::device_object);
    if (calls == 2) fleet.buckets.store(support::device_object, state);
    return support::StoreFault::none;
  });
  CHECK(ran(fleet.lark.sync_unattended()).result == RunResult::uploaded);
  CHECK(fleet.remote() == v2);
}

TEST_CASE("what was taken in by a merge is a base like what was here") {
  const auto support =
      GENERATE(support::ConditionSupport::ignored, support::ConditionSupport::honoured);
  Fleet fleet;
  const auto with = [](const char* production, const char* staging, const char* other) {
    return SyncDevice::configs(
        {{"production", production}, {"staging", staging}, {"other", other}});
  };
  fleet.buckets.traits().if_match = fleet.buckets.traits().if_none_match = support;
  fleet.agree_on(with("m1", "s1", "o1"));
  fleet.lark.edit(with("m1", "s2", "o1"));
  (void)ran(fleet.lark.sync_unattended());
  const ObjectMetadata larks =
      parse_object_metadata(fleet.buckets.find(support::device_object)->attributes.metadata);
  fleet.heron.edit(with("m2", "s1", "o1"));
  (void)ran(fleet.heron.sync_unattended());
  fleet.heron.edit(with("m2", "s2", "o2"));
  // Over heron's merge somebody puts what was made from lark's content alone.
  fleet.pass(std::chrono::hours(1));
  support::MemoryState blind = *fleet.buckets.find(support::device_object);
  blind.body = with("m1", "s3", "o1");
  ObjectMetadata metadata = larks;
  metadata.content_sha256 = crypto::sha256_hex(blind.body);
  metadata.clock = advance(larks.clock, "somebody", 1);
  blind.attributes.metadata = format_object_metadata(metadata);
  fleet.buckets.store(support::device_object, blind);
  const auto report = ran(fleet.heron.sync_unattended());
  CHECK(report.cause == Cause::both_changed);
  CHECK(fleet.remote() == with("m2", "s3", "o2"));
}

TEST_CASE("however many wrote since, one edit here and one there are merged") {
  const auto support =
      GENERATE(support::ConditionSupport::ignored, support::ConditionSupport::refused,
               support::ConditionSupport::honoured);
  Fleet fleet;
  fleet.buckets.traits().if_match = fleet.buckets.traits().if_none_match = support;
  const auto with = [](const std::string& larks, const char* herons) {
    return SyncDevice::configs({{"lark", larks}, {"heron", herons}});
  };
  fleet.agree_on(with("n", "m1"));
  for (int i = 0; i < 100; ++i) {
    fleet.pass(std::chrono::minutes(1));
    fleet.lark.edit(with("n" + std::to_string(i), "m1"));
    (void)ran(fleet.lark.sync_unattended());
  }
  fleet.heron.edit(with("n", "m2"));
  const auto report = ran(fleet.heron.sync_unattended());
  CHECK(report.result == RunResult::merged);
  CHECK(report.conflicts.empty());
  CHECK(fleet.remote() == with("n99", "m2"));
}

TEST_CASE("a store that ignores conditions: a blind overwrite is found by its clock and merged") {
  Fleet fleet;
  fleet.buckets.traits().if_match = support::ConditionSupport::ignored;
  fleet.buckets.traits().if_none_match = support::ConditionSupport::ignored;
  fleet.agree_on(SyncDevice::configs({{"production", "m1"}, {"staging", "s1"}}));
  fleet.lark.edit(SyncDevice::configs({{"production", "m2"}, {"staging", "s1"}}));
  fleet.heron.edit(SyncDevice::configs({{"production", "m1"}, {"staging", "s2"}}));
  // Lark reads and writes wholly between heron's read and heron's write.
  bool first = true;
  fleet.heron.store.set_hook([&](const support::StoreCall& call) {
    if (call.operation == support::StoreOperation::put && first) {
      first = false;
      (void)ran(fleet.lark.sync_unattended());
    }
    return support::StoreFault::none;
  });
  (void)ran(fleet.heron.sync_unattended());
  (void)ran(fleet.lark.sync_unattended());
  (void)ran(fleet.heron.sync_unattended());
  const std::string both = SyncDevice::configs({{"production", "m2"}, {"staging", "s2"}});
  CHECK(fleet.lark.local() == both);
  CHECK(fleet.heron.local() == both);
  CHECK(fleet.remote() == both);
}

TEST_CASE("a run cut off after its PUT is no rival of the edit that follows") {
  Fleet fleet;
  fleet.agree_on(v1);
  fleet.lark.edit(v2);
  fleet.lark.files.before_operation = [&](std::string_view operation, const std::string& path) {
    const bool is_state = operation == "create" && path.find("s3-state") != std::string::npos;
    if (is_state) throw CutOff{};
  };
  CHECK_THROWS_AS(fleet.lark.sync_unattended(), CutOff);
  fleet.lark.files.before_operation = {};
  CHECK(fleet.remote() == v2);
  fleet.lark.edit(v3);
  CHECK(ran(fleet.lark.sync_unattended()).result == RunResult::uploaded);
  CHECK(fleet.remote() == v3);
}

/// The power goes before the state file is written.
void cut_off_before_state(SyncDevice& device) {
  device.files.before_operation = [&](std::string_view operation, const std::string& path) {
    const bool is_state = operation == "create" && path.find("s3-state") != std::string::npos;
    if (is_state) throw CutOff{};
  };
  CHECK_THROWS_AS(device.sync_unattended(), CutOff);
  device.files.before_operation = {};
}

/// It goes right after config.json got another content.
void cut_off_once_replaced(SyncDevice& device) {
  const auto before = device.local();
  device.files.before_operation = [&](std::string_view, const std::string&) {
    if (device.local() != before) throw CutOff{};
  };
  CHECK_THROWS_AS(device.sync_unattended(), CutOff);
  device.files.before_operation = {};
}

TEST_CASE("a run cut off after a download leaves no file that undoes what it never saw") {
  Fleet fleet;
  fleet.lark.edit(SyncDevice::configs({{"production", "m1"}, {"staging", "s1"}}));
  (void)ran(fleet.lark.sync_unattended());
  SECTION("before it remembers") { cut_off_before_state(fleet.heron); }
  SECTION("as soon as the file is here") { cut_off_once_replaced(fleet.heron); }
  fleet.lark.edit(SyncDevice::configs({{"production", "m2"}, {"staging", "s1"}}));
  (void)ran(fleet.lark.sync_unattended());
  fleet.pass(std::chrono::minutes(10));
  // Newer, and without a remembered ancestor: by time alone heron would put m1 back.
  fleet.heron.edit(SyncDevice::configs({{"production", "m1"}, {"staging", "s2"}}));
  (void)ran(fleet.heron.sync_unattended());
  CHECK(fleet.remote() == SyncDevice::configs({{"production", "m2"}, {"staging", "s2"}}));
}

TEST_CASE("a run cut off between its PUT of a merge and bringing it here is finished by the next") {
  Fleet fleet;
  fleet.agree_on(SyncDevice::configs({{"production", "m1"}, {"staging", "s1"}}));
  fleet.lark.edit(SyncDevice::configs({{"production", "m2"}, {"staging", "s1"}}));
  (void)ran(fleet.lark.sync_unattended());
  fleet.heron.edit(SyncDevice::configs({{"production", "m1"}, {"staging", "s2"}}));
  fleet.heron.files.before_operation = [&](std::string_view operation, const std::string& path) {
    if (operation == "create" && path.find("/.config.json") != std::string::npos) throw CutOff{};
  };
  CHECK_THROWS_AS(fleet.heron.sync_unattended(), CutOff);
  fleet.heron.files.before_operation = {};
  // Lark edits what heron put; heron's own value for it is older, not opposed.
  (void)ran(fleet.lark.sync_unattended());
  fleet.lark.edit(SyncDevice::configs({{"production", "m2"}, {"staging", "s3"}}));
  (void)ran(fleet.lark.sync_unattended());
  const auto report = ran(fleet.heron.sync_unattended());
  CHECK(report.cause == Cause::remote_changed);
  CHECK(fleet.heron.local() == SyncDevice::configs({{"production", "m2"}, {"staging", "s3"}}));
}

TEST_CASE("a store without ETags does not make an answered question go round for ever") {
  Fleet fleet;
  fleet.buckets.traits() = {.if_match = support::ConditionSupport::ignored,
                            .if_none_match = support::ConditionSupport::ignored,
                            .etag_kind = support::ETagKind::missing};
  fleet.agree_on(v1);
  fleet.lark.edit(v2);
  fleet.heron.edit(v3);
  (void)ran(fleet.lark.sync_unattended());
  fleet.heron.conversation.takes = resolve::Side::local;
  CHECK(ran(fleet.heron.sync_by_hand({})).result == RunResult::uploaded);
  CHECK(fleet.remote() == v3);
}

TEST_CASE("settings of a file without profiles survive the first download") {
  Fleet fleet;
  fleet.lark.edit(v1);
  (void)ran(fleet.lark.sync_unattended());
  fleet.heron.edit(R"({"configs":[],"settings":{"theme":"dark"}})");
  CHECK(ran(fleet.heron.sync_unattended()).result == RunResult::merged);
  CHECK(fleet.heron.local()->find("dark") != std::string::npos);
  CHECK(fleet.heron.local()->find("m1") != std::string::npos);
}

TEST_CASE("what is replaced is in the journal first") {
  Fleet fleet;
  fleet.agree_on(v1);
  fleet.heron.edit(v2);
  (void)ran(fleet.heron.sync_unattended());
  fleet.lark.edit(v3);
  (void)ran(fleet.lark.run({.direction = Direction::down, .force = resolve::Force::yes}));
  CHECK(fleet.lark.local() == v2);
  CHECK(fleet.lark.has_kept(v3));
}

TEST_CASE("an emptied file is restored, and never uploaded by accident") {
  Fleet fleet;
  fleet.agree_on(v1);
  fleet.lark.edit(R"({"configs":[]})");
  const RunReport refused =
      ran(fleet.lark.run({.direction = Direction::up, .force = resolve::Force::yes}));
  CHECK(refused.cause == Cause::empty_upload_refused);
  CHECK(fleet.remote() == v1);
  CHECK(ran(fleet.lark.sync_unattended()).cause == Cause::local_lost);
  CHECK(fleet.lark.local() == v1);
}

TEST_CASE("a dry run writes nothing anywhere") {
  Fleet fleet;
  fleet.agree_on(v1);
  fleet.lark.edit(v2);
  const std::size_t writes = fleet.buckets.write_count();
  const RunReport report = ran(fleet.lark.run({.occasion = Occasion::unattended, .dry_run = true}));
  CHECK(report.result == RunResult::pending);
  CHECK(fleet.buckets.write_count() == writes);
}

TEST_CASE("an unreachable store changes nothing") {
  Fleet fleet;
  fleet.agree_on(v1);
  fleet.lark.edit(v2);
  fleet.lark.store.set_hook(
      [](const support::StoreCall&) { return support::StoreFault::request_lost; });
  const auto report = fleet.lark.sync_unattended();
  REQUIRE_FALSE(report);
  CHECK(report.error().kind == ErrorKind::unreachable);
  CHECK(fleet.lark.local() == v2);
  CHECK(fleet.remote() == v1);
}

TEST_CASE("a clock that is a day off decides nothing, but what changed still does") {
  Fleet fleet;
  fleet.agree_on(v1);
  fleet.heron.edit(v2);
  (void)ran(fleet.heron.sync_unattended());
  fleet.lark.clock.set_skew(std::chrono::hours(-24));
  const RunReport report = ran(fleet.lark.sync_unattended());
  CHECK(report.result == RunResult::downloaded);
  CHECK(report.skew > std::chrono::hours(23));
}

TEST_CASE("the object's metadata can be read by the other writer of this format") {
  Fleet fleet;
  fleet.lark.edit(v1);
  (void)ran(fleet.lark.sync_unattended());
  const auto& metadata = fleet.buckets.find(support::device_object)->attributes.metadata;
  const ObjectMetadata parsed = parse_object_metadata(metadata);
  CHECK(parsed.local_modified);
  CHECK(parsed.upload_timestamp);
  CHECK(parsed.config_version == 1);
  CHECK(parsed.writer == "lark");
  CHECK(parsed.clock.entries.size() == 1);
  for (const auto& [name, value] : metadata) {
    for (const char c : value) CHECK((c >= ' ' && c <= '~'));
  }
}

TEST_CASE("strange metadata never stops a sync") {
  const s3::Metadata rows[] = {{},
                               {{"local-modified", "yesterday"}},
                               {{"local-modified", "2999-01-01T00:00:00.000Z"}},
                               {{"config-version", "three"}},
                               {{"clock", "x,,y"}},
                               {{"clock-2", "machine1=1"}},
                               {{"writer", "\xff\x01"}}};
  for (const s3::Metadata& metadata : rows) {
    Fleet fleet;
    support::MemoryState state;
    state.body = v1;
    state.attributes.metadata = metadata;
    fleet.buckets.store(support::device_object, state);
    const RunReport report = ran(fleet.lark.sync_unattended());
    CHECK(report.result == RunResult::downloaded);
    CHECK(report.found.remote.modified <= fleet.buckets.now());
  }
}

}  // namespace
}  // namespace start_claude::sync
