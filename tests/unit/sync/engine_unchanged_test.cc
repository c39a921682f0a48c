// A file known from the last run is not read again, and no change of it stays unseen.
#include <catch2/catch.hpp>

#include "support/sync_device.h"

namespace start_claude::sync {
namespace {

using support::device_config;
using support::SyncDevice;

const std::string v1 = SyncDevice::configs({{"production", "m1"}});
const std::string v2 = SyncDevice::configs({{"production", "m2"}});  // as long as v1

/// A machine in sync, whose file was not touched for ten minutes.
struct Settled {
  support::FakeClock server_clock;
  support::MemoryBuckets buckets{server_clock};
  SyncDevice lark{buckets, "lark"};
  std::size_t reads = 0;

  Settled() {
    buckets.create(support::device_object.bucket);
    lark.edit(v1);
    pass(std::chrono::minutes(10));
    REQUIRE(lark.sync_unattended());
    lark.files.before_operation = [this](std::string_view operation, const std::string& path) {
      if (operation == "read" && path == device_config) ++reads;
    };
  }
  void pass(std::chrono::milliseconds time) {
    server_clock.advance(time);
    lark.clock.advance(time);
  }
  RunResult sync() {
    reads = 0;
    (void)lark.requests();
    auto report = lark.sync_unattended();
    REQUIRE(report);
    CHECK(lark.requests() == 1);
    return report->result;
  }
  std::string remote() const { return buckets.find(support::device_object)->body; }
};

UtcTime modified(SyncDevice& device) {
  return std::get<platform::FileStatus>(device.files.status(device_config)).modified;
}

TEST_CASE("a file that was agreed on is not read while nothing changes") {
  Settled machine;
  CHECK(machine.sync() == RunResult::in_sync);
  CHECK(machine.reads == 0);
}

TEST_CASE("what a killed run left behind goes, even if the next one has nothing to do") {
  Settled machine;
  const std::string folder = "/home/me/.start-claude/";
  const std::vector<std::string> left = {
      folder + ".config.json.0123456789abcdef.start-claude-tmp",
      folder + ".s3-config.json.0123456789abcdef.start-claude-old",
      folder + ".s3-journal.0123456789abcdef.start-claude-tmp"};
  for (const std::string& path : left) machine.lark.files.write_in_place(path, v2);
  CHECK(machine.sync() == RunResult::in_sync);
  for (const std::string& path : left) CHECK_FALSE(machine.lark.files.text_of(path).has_value());
}

TEST_CASE("what a run says without having read the file is what it says having read it") {
  Settled machine;
  const auto quick = machine.lark.sync_unattended();
  (void)machine.lark.files.remove(machine.lark.paths.state);
  const auto whole = machine.lark.sync_unattended();
  REQUIRE((quick && whole));
  CHECK(machine.reads == 1);
  CHECK(quick->cause == whole->cause);
  CHECK(quick->found.local.profiles == whole->found.local.profiles);
  CHECK(quick->found.local.modified == whole->found.local.modified);
  CHECK(quick->found.local.revision == whole->found.local.revision);
  CHECK(quick->found.remote.revision == whole->found.remote.revision);
  CHECK(quick->found.remote.profiles == whole->found.remote.profiles);
  CHECK(quick->found.remote.modified == whole->found.remote.modified);
  CHECK(quick->found.remote.writer == whole->found.remote.writer);
}

TEST_CASE("an edit that leaves size and mtime alone is seen") {
  Settled machine;
  const UtcTime before = modified(machine.lark);
  (void)machine.lark.files.set_modified(device_config, before);  // in whole milliseconds
  machine.pass(std::chrono::minutes(10));
  (void)machine.sync();
  CHECK(machine.sync() == RunResult::in_sync);
  CHECK(machine.reads == 0);
  machine.lark.edit(v2);
  (void)machine.lark.files.set_modified(device_config, before);
  CHECK(machine.sync() == RunResult::uploaded);
  CHECK(machine.remote() == v2);
}

TEST_CASE("a damaged record of the base costs one more reading, and no edit") {
  Settled machine;
  const Memory memory = machine.lark.memory();
  const Place place = memory.known().contents.at(support::revision_of(v1));
  std::string journal = machine.lark.files.text_of(machine.lark.paths.journal).value();
  journal[place.offset + place.size / 2] ^= 1;
  // In place: its inode, its size and its last record are what they were.
  machine.lark.files.write_in_place(machine.lark.paths.journal, journal);
  machine.lark.edit(v2);
  machine.pass(std::chrono::minutes(10));
  (void)machine.lark.requests();
  const auto report = machine.lark.sync_unattended();
  REQUIRE(report);
  CHECK(report->result == RunResult::uploaded);
  CHECK(report->cause == resolve::Cause::local_changed);
  CHECK(machine.remote() == v2);
  CHECK(machine.lark.requests() == 3);  // not modified, the whole of it, the upload
}

TEST_CASE("a file touched shortly before a run is not taken to be known") {
  Settled machine;
  machine.lark.edit(v2);
  machine.pass(std::chrono::milliseconds(1999));
  CHECK(machine.sync() == RunResult::uploaded);
  machine.pass(std::chrono::milliseconds(2));
  CHECK(machine.sync() == RunResult::in_sync);
  CHECK(machine.reads == 1);  // read again, and known from now on
  CHECK(machine.sync() == RunResult::in_sync);
  CHECK(machine.reads == 0);
}

TEST_CASE("a file from the future is never known") {
  Settled machine;
  machine.lark.edit(v2);
  (void)machine.lark.files.set_modified(device_config,
                                        machine.lark.clock.now() + std::chrono::hours(1));
  machine.pass(std::chrono::minutes(10));
  (void)machine.sync();
  CHECK(machine.sync() == RunResult::in_sync);
  CHECK(machine.reads == 1);
}

TEST_CASE("a remote change reaches a file that was not read first, in one request") {
  Settled machine;
  SyncDevice heron{machine.buckets, "heron", 2};
  heron.clock.advance(std::chrono::minutes(10));
  REQUIRE(heron.sync_unattended());
  heron.edit(v2);
  REQUIRE(heron.sync_unattended());
  CHECK(machine.sync() == RunResult::downloaded);
  CHECK(machine.lark.local() == v2);
}

TEST_CASE("a known file is put back where the remote copy is gone, as ever") {
  Settled machine;
  machine.buckets.remove(support::device_object);
  auto report = machine.lark.sync_unattended();
  REQUIRE(report);
  CHECK(report->result == RunResult::held);
  CHECK(report->cause == resolve::Cause::remote_gone);
}

}  // namespace
}  // namespace start_claude::sync
