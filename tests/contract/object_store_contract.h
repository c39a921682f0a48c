// What every ObjectStore must do, whichever it is. A leg (memory_leg_test.cc, ...) sets one up and
// calls check_object_store() from a test case; it needs no more than a bucket and two devices.
//
// Keys are new in every check, so that a leg may be a store that others use too.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "s3/object_store.h"
#include "support/memory_object_store.h"

namespace start_claude::contract {

using support::ConditionSupport;

struct Subject {
  s3::ObjectStore& here;
  s3::ObjectStore& there;  ///< another device on the same buckets
  std::string bucket;      ///< exists, and is empty
  std::string missing_bucket;
  ConditionSupport if_match = ConditionSupport::honoured;
  ConditionSupport if_none_match = ConditionSupport::honoured;
  bool keeps_versions = false;

  s3::ObjectLocation at(std::string key) const { return {bucket, std::move(key)}; }
};

/// A word for each outcome of a PUT. One without a word does not compile.
struct OutcomeWord {
  std::string operator()(const s3::Stored&) const { return "stored"; }
  std::string operator()(const s3::PreconditionFailed&) const { return "precondition failed"; }
  std::string operator()(const s3::ConditionNotSupported&) const { return "not supported"; }
  std::string operator()(const s3::AnswerLost&) const { return "answer lost"; }
  std::string operator()(const s3::WriteDenied&) const { return "write denied"; }
};

/// What a PUT came to, in a word that tests can compare.
inline std::string word_for(const Result<s3::PutOutcome>& outcome) {
  if (!outcome) return "error: " + outcome.error().message;
  return std::visit(OutcomeWord{}, *outcome);
}

/// What a PUT whose condition does not hold comes to on such a store.
inline std::string word_for_failing(ConditionSupport support) {
  switch (support) {
    case ConditionSupport::honoured: return "precondition failed";
    case ConditionSupport::ignored: return "stored";
    case ConditionSupport::refused: return "not supported";
  }
  return {};
}

inline std::string word_for_holding(ConditionSupport support) {
  return support == ConditionSupport::refused ? "not supported" : "stored";
}

/// Stores without a condition; the ETag it got.
inline s3::ETag store(s3::ObjectStore& store, const s3::ObjectLocation& object,
                      std::string_view body, s3::Metadata metadata = {}) {
  auto outcome = store.put(object, {.body = std::string(body), .metadata = std::move(metadata)},
                           s3::Unguarded{"contract"});
  INFO(word_for(outcome));
  REQUIRE(word_for(outcome) == "stored");
  return std::get<s3::Stored>(*outcome).etag;
}

inline s3::Object read(s3::ObjectStore& store, const s3::ObjectLocation& object) {
  auto outcome = store.get(object, std::nullopt);
  INFO((outcome ? "" : outcome.error().message));
  REQUIRE(outcome);
  REQUIRE(std::holds_alternative<s3::Object>(*outcome));
  return std::get<s3::Object>(*std::move(outcome));
}

inline void check_absence(const Subject& subject) {
  const auto never = subject.at("absent/never stored.json");
  auto got = subject.here.get(never, std::nullopt);
  REQUIRE(got);
  REQUIRE(std::holds_alternative<s3::Absent>(*got));
  auto headed = subject.here.head(never);
  REQUIRE(headed);
  CHECK(std::holds_alternative<s3::Absent>(*headed));
}

inline void check_missing_bucket(const Subject& subject) {
  const s3::ObjectLocation nowhere{subject.missing_bucket, "config.json"};
  const auto kind_of = [](const auto& outcome) {
    REQUIRE_FALSE(outcome);
    return outcome.error().kind;
  };
  CHECK(kind_of(subject.here.get(nowhere, std::nullopt)) == ErrorKind::no_such_bucket);
  CHECK(kind_of(subject.here.head(nowhere)) == ErrorKind::no_such_bucket);
  CHECK(kind_of(subject.here.put(nowhere, {.body = "{}", .metadata = {}}, s3::Unguarded{""})) ==
        ErrorKind::no_such_bucket);
}

inline void check_round_trip(const Subject& subject) {
  const auto object = subject.at("round trip/a b+c=d@ä.json");
  const s3::Metadata metadata = {{"writer", "lark"},
                                 {"local-modified", "2026-11-22T08:14:03.250Z"},
                                 {"clock", "machine1=2s,machine2=1"},
                                 {"words", "a=b; c, d"}};
  const s3::ETag etag = store(subject.here, object, "{\"configs\": []}\n", metadata);
  const s3::Object back = read(subject.there, object);
  CHECK(back.body == "{\"configs\": []}\n");
  CHECK(back.attributes.etag == etag);
  CHECK(back.attributes.metadata == metadata);
  auto headed = subject.there.head(object);
  REQUIRE(headed);
  REQUIRE(std::holds_alternative<s3::ObjectAttributes>(*headed));
  const auto& attributes = std::get<s3::ObjectAttributes>(*headed);
  CHECK(attributes.etag == etag);
  CHECK(attributes.metadata == metadata);
  CHECK(attributes.last_modified == back.attributes.last_modified);
  REQUIRE(attributes.last_modified);
  CHECK(attributes.last_modified->time_since_epoch() % std::chrono::seconds{1} ==
        std::chrono::seconds{0});
}

inline void check_bodies(const Subject& subject) {
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
  std::string large;
  for (int i = 0; i < 4096; ++i) large += every_byte;
  for (const std::string& body : {std::string{}, every_byte, large, std::string("<html></html>")}) {
    const auto object = subject.at("bodies/" + std::to_string(body.size()));
    store(subject.here, object, body);
    CHECK((read(subject.there, object).body == body));
  }
}

inline void check_news(const Subject& subject) {
  const auto object = subject.at("news/config.json");
  const s3::ETag first = store(subject.here, object, "1");
  auto got = subject.there.get(object, first);
  REQUIRE(got);
  CHECK(std::holds_alternative<s3::NotModified>(*got));
  const s3::ETag second = store(subject.here, object, "2");
  CHECK(second != first);
  got = subject.there.get(object, first);
  REQUIRE(got);
  REQUIRE(std::holds_alternative<s3::Object>(*got));
  CHECK(std::get<s3::Object>(*got).body == "2");
}

inline void check_if_absent(const Subject& subject) {
  const auto object = subject.at("if absent/config.json");
  const auto put = [&](s3::ObjectStore& device, const char* body) {
    return word_for(device.put(object, {.body = body, .metadata = {}}, s3::IfAbsent{}));
  };
  CHECK(put(subject.here, "1") == word_for_holding(subject.if_none_match));
  CHECK(put(subject.there, "2") == word_for_failing(subject.if_none_match));
  if (subject.if_none_match == ConditionSupport::honoured) {
    CHECK(read(subject.here, object).body == "1");
  }
}

inline void check_if_match(const Subject& subject) {
  const auto object = subject.at("if match/config.json");
  const auto put = [&](const s3::ObjectLocation& where, const s3::ETag& etag, const char* body) {
    return word_for(subject.there.put(where, {.body = body, .metadata = {}}, s3::IfMatch{etag}));
  };
  const s3::ETag first = store(subject.here, object, "1");
  CHECK(put(object, first, "2") == word_for_holding(subject.if_match));
  store(subject.here, object, "3");
  CHECK(put(object, first, "4") == word_for_failing(subject.if_match));
  if (subject.if_match == ConditionSupport::honoured) CHECK(read(subject.here, object).body == "3");
  const s3::ETag of_nothing{"\"00000000000000000000000000000000\""};
  CHECK(put(object, of_nothing, "5") == word_for_failing(subject.if_match));
  CHECK(put(subject.at("if match/missing.json"), first, "6") == word_for_failing(subject.if_match));
}

/// Two devices that know the same state write at once, again and again: one of them wins.
inline void check_race(const Subject& subject) {
  if (subject.if_match != ConditionSupport::honoured) return;
  const auto object = subject.at("race/config.json");
  s3::ETag known = store(subject.here, object, "start");
  for (int round = 0; round < 5; ++round) {
    const std::string mine = "here " + std::to_string(round);
    const std::string theirs = "there " + std::to_string(round);
    auto won = subject.here.put(object, {.body = mine, .metadata = {}}, s3::IfMatch{known});
    auto late = subject.there.put(object, {.body = theirs, .metadata = {}}, s3::IfMatch{known});
    CHECK(word_for(won) == "stored");
    CHECK(word_for(late) == "precondition failed");
    const s3::Object there = read(subject.there, object);
    CHECK(there.body == mine);
    known = there.attributes.etag;
  }
}

inline void check_versions(const Subject& subject) {
  const auto object = subject.at("versions/config.json");
  store(subject.here, subject.at("versions/config.json.bak"), "not this one");
  store(subject.here, object, "older");
  store(subject.here, object, "newer!");
  auto listed = subject.there.list_versions(object);
  INFO((listed ? "" : listed.error().message));
  REQUIRE(listed);
  if (!subject.keeps_versions) {
    const auto* versions = std::get_if<std::vector<s3::ObjectVersion>>(&*listed);
    CHECK((versions == nullptr || versions->size() == 1));
    return;
  }
  const auto& versions = std::get<std::vector<s3::ObjectVersion>>(*listed);
  REQUIRE(versions.size() == 2);
  CHECK(versions[0].is_latest);
  CHECK_FALSE(versions[1].is_latest);
  CHECK(versions[0].size_bytes == 6);
  CHECK(versions[1].size_bytes == 5);
  CHECK(versions[0].last_modified >= versions[1].last_modified);
  CHECK(versions[0].version_id == read(subject.here, object).attributes.version_id);
  auto older = subject.there.get_version(object, versions[1].version_id);
  REQUIRE(older);
  REQUIRE(std::holds_alternative<s3::Object>(*older));
  CHECK(std::get<s3::Object>(*older).body == "older");
  CHECK(std::get<s3::Object>(*older).attributes.etag == versions[1].etag);
}

inline void check_buckets(const Subject& subject) {
  const std::string bucket = subject.missing_bucket + "-created";
  REQUIRE(subject.here.create_bucket(bucket));
  REQUIRE(subject.here.create_bucket(bucket));
  const s3::ObjectLocation object{bucket, "config.json"};
  store(subject.here, object, "{}");
  CHECK(read(subject.here, object).body == "{}");
}

inline void check_clock(const Subject& subject) {
  CHECK_FALSE(subject.here.clock_skew());
  REQUIRE(subject.here.get(subject.at("clock/config.json"), std::nullopt));
  CHECK(subject.here.clock_skew());
}

/// Precondition: neither device has been used.
inline void check_object_store(const Subject& subject) {
  SECTION("the clock is measured with the first answer") { check_clock(subject); }
  SECTION("what was never stored is absent") { check_absence(subject); }
  SECTION("a missing bucket is an error, not an absence") { check_missing_bucket(subject); }
  SECTION("what goes in comes out") { check_round_trip(subject); }
  SECTION("bodies are bytes") { check_bodies(subject); }
  SECTION("an unchanged object is not sent again") { check_news(subject); }
  SECTION("If-None-Match: * creates and never replaces") { check_if_absent(subject); }
  SECTION("If-Match replaces what it names and nothing else") { check_if_match(subject); }
  SECTION("of two rivals one wins") { check_race(subject); }
  SECTION("versions") { check_versions(subject); }
  SECTION("a bucket can be created, and created again") { check_buckets(subject); }
}

}  // namespace start_claude::contract
