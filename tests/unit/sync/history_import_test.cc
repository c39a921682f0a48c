#include "sync/history_import.h"

#include <catch2/catch.hpp>

#include "config/document.h"
#include "crypto/sha256.h"
#include "json/write.h"
#include "support/sync_device.h"
#include "sync/state.h"

namespace start_claude::sync {
namespace {

const std::string folder = "/home/me/.start-claude/history";

std::string revision_of(const std::string& text) {
  return config::revision_of(*config::parse_document(text));
}

std::string with_model(const std::string& model) {
  return support::SyncDevice::configs({{"production", model}});
}

/// A machine as the last release without a journal left it.
struct OldMachine {
  support::FakeClock server_clock;
  support::MemoryBuckets buckets{server_clock};
  support::SyncDevice lark{buckets, "lark"};
  Paths paths = paths_beside(support::device_config);
  std::string host = "lark";
  json::Array index;

  OldMachine() { (void)lark.files.make_folder(folder, 0700); }

  MemoryParts parts() {
    return {.files = lark.files,
            .clock = lark.clock,
            .random = lark.random,
            .paths = paths,
            .host_name = host};
  }
  void keep(const std::string& text, const std::string& origin, const std::string& saved) {
    const bool is_document = config::parse_document(text).has_value();
    const std::string revision = is_document ? revision_of(text) : crypto::sha256_hex(text);
    lark.files.write_in_place(folder + "/" + revision + (is_document ? ".json" : ".damaged"), text);
    json::Object entry{
        {"revision", revision}, {"saved", saved}, {"by", "heron"}, {"origin", origin}};
    if (!is_document) entry.set("damaged", true);
    index.emplace_back(std::move(entry));
    lark.files.write_in_place(folder + "/index.json",
                              json::write_pretty(json::Object{{"entries", index}}));
  }
  void agree(const std::string& text, const std::string& etag,
             const RemoteName& remote = {"here", "b", "k"}) {
    const json::Value agreed = json::Object{{"ancestor", revision_of(text)},
                                            {"etag", etag},
                                            {"modified", "1970-01-01T00:00:00.000Z"},
                                            {"writer", "heron"},
                                            {"lineage", json::Array{"a", "b"}}};
    const json::Value traits = json::Object{{"ifMatch", "honoured"}, {"ifNoneMatch", "honoured"}};
    lark.files.write_in_place(
        paths.state,
        json::write_pretty(json::Object{{"version", json::Value::integer(1)},
                                        {"remotes", json::Object{{remote.text(), agreed}}},
                                        {"buckets", json::Object{{remote.store_text(), traits}}}}));
  }
  State state() { return State::load(lark.files, paths.state); }
  Memory memory() {
    auto memory = open_memory(parts(), state());
    REQUIRE(memory);
    return *std::move(memory);
  }
};

TEST_CASE("what history/ holds is in the journal's list, at its time and as it was kept") {
  OldMachine old;
  old.keep(with_model("m1"), "local", "2026-01-01T00:00:00.000Z");
  old.keep("<html>", "remote", "2026-01-02T00:00:00.000Z");
  old.keep(with_model("m2"), "merged", "2026-01-03T00:00:00.000Z");
  const auto contents = old.memory().contents();
  REQUIRE(contents);
  REQUIRE(contents->size() == 3);
  const auto& [newest, at] = (*contents)[0];
  CHECK(newest.text == with_model("m2"));
  CHECK(newest.source == Source::merged);
  CHECK(newest.profiles == 1);
  CHECK(newest.by == "heron");
  CHECK(at == *base::parse_time("2026-01-03T00:00:00Z"));
  CHECK((*contents)[1].content.is_damaged);
  CHECK((*contents)[1].content.text == "<html>");
  CHECK((*contents)[1].content.source == Source::remote);
  CHECK((*contents)[2].content.source == Source::local);
}

TEST_CASE("a content without a clock is never among what this machine comes from") {
  OldMachine old;
  old.keep(with_model("m1"), "local", "2026-01-01T00:00:00.000Z");
  Memory memory = old.memory();
  CHECK(memory.known().seen.empty());
  CHECK(memory.known().tip() == nullptr);
  REQUIRE(memory.write(Journal::Durability::now));
  Memory again = old.memory();
  CHECK(again.has_content(revision_of(with_model("m1"))));
  CHECK(again.known().seen.empty());
  // Nor by what s3-state.json or a summary says.
  const json::Value cached = value_of(Remembered{.seen = {{"1", {}}, {"2", {{{"machine1", 1}}}}}});
  CHECK(remembered_from(cached).seen.size() == 1);
}

TEST_CASE("what was agreed on is known, without a clock, and is written down once") {
  OldMachine old;
  old.keep(with_model("m1"), "remote", "2026-01-01T00:00:00.000Z");
  old.agree(with_model("m1"), "\"e1\"");
  const auto check = [&](const RemoteState& agreed) {
    CHECK(agreed.ancestor == revision_of(with_model("m1")));
    CHECK(agreed.etag == "\"e1\"");
    CHECK(agreed.writer == "heron");
    CHECK(agreed.clock.empty());
    CHECK_FALSE(agreed.modified);
  };
  check(old.state().remote({"here", "b", "k"}));
  Memory memory = old.memory();
  check(memory.known().remote("here b k"));
  // Not yet in the journal, and so still in s3-state.json.
  State state = old.state();
  state.set_traits({"here", "b", "k"}, {.if_match = Verdict::honoured});
  REQUIRE(state.save(old.lark.files, old.lark.random));
  check(old.state().remote({"here", "b", "k"}));

  REQUIRE(memory.write(Journal::Durability::now));
  state.set_remembered(memory.known(), memory.end());
  REQUIRE(state.save(old.lark.files, old.lark.random));
  CHECK(old.lark.files.text_of(old.paths.state)->find("\"lineage\"") == std::string::npos);
  CHECK(old.state().agreed_before().empty());
  const std::string journal = *old.lark.files.text_of(old.paths.journal);
  Memory again = old.memory();
  check(again.known().remote("here b k"));
  CHECK_FALSE(again.has_unwritten());
  CHECK(again.contents()->size() == 1);
}

TEST_CASE("nothing is written by looking, and history/ stays as it is") {
  OldMachine old;
  old.keep(with_model("m1"), "local", "2026-01-01T00:00:00.000Z");
  old.agree(with_model("m1"), "\"e1\"");
  const std::string index = *old.lark.files.text_of(folder + "/index.json");
  Memory memory = old.memory();
  CHECK(memory.has_unwritten());
  CHECK_FALSE(old.lark.files.text_of(old.paths.journal));
  REQUIRE(memory.write(Journal::Durability::now));
  CHECK(old.lark.files.text_of(folder + "/index.json") == index);
}

TEST_CASE("files that the index lacks are taken in by their names, those that came to harm not") {
  OldMachine old;
  old.keep(with_model("m1"), "local", "2026-01-01T00:00:00.000Z");
  old.keep(with_model("m2"), "local", "2026-01-02T00:00:00.000Z");
  old.lark.files.write_in_place(folder + "/index.json", std::string(40, '\0'));
  old.lark.files.write_in_place(folder + "/" + revision_of(with_model("m2")) + ".json",
                                std::string(40, '\0'));
  const auto contents = old.memory().contents();
  REQUIRE(contents);
  REQUIRE(contents->size() == 1);
  CHECK((*contents)[0].content.text == with_model("m1"));
  CHECK((*contents)[0].content.source == Source::merged);
}

TEST_CASE("a machine that had edits when it got the journal still has its merge base") {
  OldMachine old;
  const auto two = [](const std::string& one, const std::string& other) {
    return support::SyncDevice::configs({{"one", one}, {"other", other}});
  };
  old.buckets.create(support::device_object.bucket);
  const auto& stored = old.buckets.store(support::device_object, {.body = two("a", "a")});
  const std::string etag = stored.attributes.etag.raw;
  old.keep(two("a", "a"), "remote", "2026-01-01T00:00:00.000Z");
  old.agree(two("a", "a"), etag,
            RemoteName{"memory", support::device_object.bucket, support::device_object.key});
  old.lark.edit(two("a", "b"));

  support::SyncDevice heron{old.buckets, "heron", 2};
  REQUIRE(heron.sync_unattended());
  heron.edit(two("b", "a"));
  REQUIRE(heron.sync_unattended());

  const auto report = old.lark.sync_unattended();
  REQUIRE(report);
  CHECK(report->result == RunResult::merged);
  CHECK(report->conflicts.empty());
  CHECK(old.lark.local() == two("b", "b"));
}

}  // namespace
}  // namespace start_claude::sync
