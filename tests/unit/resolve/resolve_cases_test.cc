#include "resolve_cases.h"

#include <algorithm>
#include <catch2/catch.hpp>

namespace start_claude::resolve::test {
namespace {

json::Value document_of(json::Array profiles) {
  return json::Object{{"version", json::Value::integer(1)}, {"configs", std::move(profiles)}};
}

json::Value profile(const std::string& name, const std::string& model, const std::string& key) {
  return json::Object{{"name", name}, {"model", model}, {"apiKey", key}};
}

Sample sample(const std::string& name, json::Array profiles) {
  return {Sample::Kind::document, name, document_of(std::move(profiles))};
}

Content content_of(const Sample& sample) {
  if (sample.kind == Sample::Kind::damaged) return Damaged{};
  if (sample.kind != Sample::Kind::document) return Missing{};
  return Snapshot{sample.document, sample.name,
                  sample.document.find("configs")->as_array()->size()};
}

std::string name_of(Cause cause) {
  switch (cause) {
    case Cause::equal: return "equal";
    case Cause::nothing_anywhere: return "nothing_anywhere";
    case Cause::first_upload: return "first_upload";
    case Cause::first_download: return "first_download";
    case Cause::local_changed: return "local_changed";
    case Cause::remote_changed: return "remote_changed";
    case Cause::both_changed: return "both_changed";
    case Cause::conflict: return "conflict";
    case Cause::local_newer: return "local_newer";
    case Cause::remote_newer: return "remote_newer";
    case Cause::times_too_close: return "times_too_close";
    case Cause::times_untrusted: return "times_untrusted";
    case Cause::times_unknown: return "times_unknown";
    case Cause::local_lost: return "local_lost";
    case Cause::empty_upload_refused: return "empty_upload_refused";
    case Cause::nothing_to_upload: return "nothing_to_upload";
    case Cause::nothing_to_download: return "nothing_to_download";
    case Cause::remote_gone: return "remote_gone";
    case Cause::both_gone: return "both_gone";
    case Cause::remote_emptied: return "remote_emptied";
    case Cause::many_removed: return "many_removed";
    case Cause::local_damaged: return "local_damaged";
    case Cause::remote_damaged: return "remote_damaged";
    case Cause::forced: return "forced";
    case Cause::local_just_changed: return "local_just_changed";
    case Cause::remote_barely_newer: return "remote_barely_newer";
  }
  return "?";
}

std::string name_of(Topic topic) {
  switch (topic) {
    case Topic::confirm_merge: return "confirm_merge";
    case Topic::choose_fields: return "choose_fields";
    case Topic::choose_side: return "choose_side";
    case Topic::replace_newer_remote: return "replace_newer_remote";
    case Topic::replace_newer_local: return "replace_newer_local";
    case Topic::recreate_remote: return "recreate_remote";
    case Topic::repair_remote: return "repair_remote";
    case Topic::accept_empty_remote: return "accept_empty_remote";
    case Topic::accept_removals: return "accept_removals";
  }
  return "?";
}

std::string name_of(Option option) {
  switch (option) {
    case Option::yes: return "yes";
    case Option::no: return "no";
    case Option::keep_both: return "keep_both";
    case Option::take_remote: return "take_remote";
    case Option::replace_remote: return "replace_remote";
    case Option::view_differences: return "view_differences";
    case Option::leave_both: return "leave_both";
  }
  return "?";
}

std::string name_of(NewerSide side) {
  switch (side) {
    case NewerSide::local: return "local";
    case NewerSide::remote: return "remote";
    case NewerSide::neither: return "neither";
  }
  return "?";
}

struct Describe {
  std::string operator()(const InSync& r) const { return "in sync: " + name_of(r.cause); }
  std::string operator()(const Upload& r) const { return "upload: " + name_of(r.cause); }
  std::string operator()(const Download& r) const { return "download: " + name_of(r.cause); }
  std::string operator()(const Merge& r) const {
    return (r.upload ? "merge and upload: " : "merge here: ") + name_of(r.cause);
  }
  std::string operator()(const Hold& r) const { return "hold: " + name_of(r.cause); }
  std::string operator()(const Question& r) const {
    const std::string asked = "ask " + name_of(r.topic) + ": " + name_of(r.cause);
    if (r.topic == Topic::choose_fields) return asked + ", preselected " + name_of(r.preselected);
    return asked + ", default " + name_of(r.default_option);
  }
};

}  // namespace

Sample v(int version) {
  const std::string text = std::to_string(version);
  return sample("v" + text, {profile("production", "model-" + text, "key-1")});
}

Sample profiles_named(const std::string& letters) {
  json::Array profiles;
  for (const char letter : letters) {
    const std::string name(1, letter);
    profiles.push_back(profile(name, "model-" + name, "key-" + name));
  }
  return sample("profiles " + letters, std::move(profiles));
}

Sample with_tombstones(const std::string& letters) {
  json::Array tombstones;
  for (const char letter : letters) {
    tombstones.emplace_back(json::Object{{"name", std::string(1, letter)}, {"isDeleted", true}});
  }
  return sample("tombstones " + letters, std::move(tombstones));
}

Sample tombstone_of_production() {
  return sample("deleted",
                {json::Value(json::Object{{"name", "production"}, {"isDeleted", true}})});
}

const Sample model_changed = sample("model", {profile("production", "model-2", "key-1")});
const Sample key_changed = sample("key", {profile("production", "model-1", "key-2")});
const Sample empty = sample("empty", {});
const Sample missing{Sample::Kind::missing, "", {}};
const Sample damaged{Sample::Kind::damaged, "", {}};
const Sample none{};

Sample profile_named(const std::string& name) {
  return sample(name, {profile(name, "model-1", "key-1")});
}

Input Case::input() const {
  const UtcTime noon{std::chrono::hours{24 * 20'000 + 12}};
  Input input{.local = {content_of(local), noon + std::chrono::milliseconds(local_newer_by)},
              .remote = {content_of(remote), noon},
              .time = trust,
              .direction = direction,
              .access = access,
              .occasion = occasion,
              .preference = preference,
              .force = force,
              .allow_empty = allow_empty};
  if (ancestor.kind == Sample::Kind::document) {
    input.ancestor = std::get<Snapshot>(content_of(ancestor));
  }
  for (const Sample& other : other_ancestors) {
    input.other_ancestors.push_back(std::get<Snapshot>(content_of(other)));
  }
  if (local_age) input.local_age = std::chrono::milliseconds(*local_age);
  return input;
}

std::string describe(const Resolution& resolution) { return std::visit(Describe{}, resolution); }

namespace {

Input reading(const Case& sides) {
  Input input = sides.input();
  input.access = Access::read_only;
  return input;
}

/// True if the remote is written, or would be by one of the answers.
bool may_write(const Resolution& resolution) {
  if (std::holds_alternative<Upload>(resolution)) return true;
  if (const auto* merge = std::get_if<Merge>(&resolution)) return merge->upload;
  const auto* question = std::get_if<Question>(&resolution);
  if (question == nullptr) return false;
  const auto& options = question->options;
  return question->topic == Topic::recreate_remote || question->topic == Topic::repair_remote ||
         std::find(options.begin(), options.end(), Option::replace_remote) != options.end();
}

}  // namespace

// Whatever the states, the times and the command: what must never happen.
TEST_CASE("resolve is total and keeps its promises in every combination") {
  const Sample samples[] = {missing, damaged, empty, v(1), v(2), v(3), model_changed, key_changed};
  const Sample ancestors[] = {none, empty, v(1), v(2)};
  const Milliseconds times[] = {-300'001, -300'000, -299'999, -30'001, -30'000, -29'999, 0,
                                29'999,   30'000,   30'001,   299'999, 300'000, 300'001};
  std::size_t cases = 0;
  for (const Sample& local : samples)
    for (const Sample& remote : samples)
      for (const Sample& ancestor : ancestors)
        for (const Milliseconds time : times)
          for (const auto trust : {TimeTrust::trusted, TimeTrust::untrusted})
            for (const auto direction : {Direction::both, Direction::up, Direction::down})
              for (const auto occasion :
                   {Occasion::by_hand, Occasion::unattended, Occasion::manager_opening})
                for (const auto force : {Force::no, Force::yes}) {
                  Case sides{local, remote, ancestor, time, trust, direction, occasion};
                  sides.force = force;
                  sides.local_age = 31'000;
                  const Resolution resolution = resolve(sides.input());
                  ++cases;
                  const std::string what = describe(resolution);
                  const auto violated = [&](const char* promise) {
                    INFO("local " << local.name << ", remote " << remote.name << ", ancestor "
                                  << ancestor.name << ", " << time << " ms: " << what);
                    FAIL_CHECK(promise);
                  };
                  const bool uploads = std::holds_alternative<Upload>(resolution);
                  const bool downloads = std::holds_alternative<Download>(resolution);
                  const bool asks = std::holds_alternative<Question>(resolution);
                  const auto* merge = std::get_if<Merge>(&resolution);
                  if (asks && occasion != Occasion::by_hand) violated("unattended never asks");
                  if (uploads && local.kind != Sample::Kind::document) {
                    violated("only a document is uploaded");
                  }
                  if (uploads && local.name == "empty" && remote.kind == Sample::Kind::document &&
                      remote.name != "empty") {
                    violated("nothing empty replaces profiles");
                  }
                  if (downloads && remote.kind != Sample::Kind::document) {
                    violated("only a document is downloaded");
                  }
                  if (direction == Direction::down && (uploads || (merge && merge->upload))) {
                    violated("s3-download never uploads");
                  }
                  if (direction == Direction::up && (downloads || merge)) {
                    violated("s3-upload never writes here");
                  }
                  if (direction == Direction::both && may_write(resolve(reading(sides)))) {
                    violated("a machine that only reads uploads nothing, and offers nothing else");
                  }
                  if (occasion == Occasion::manager_opening && (uploads || merge)) {
                    violated("opening the manager never uploads");
                  }
                  if (local.kind == Sample::Kind::damaged && downloads && force == Force::no) {
                    violated("a damaged file is replaced only on demand");
                  }
                  if (local.kind == Sample::Kind::document &&
                      remote.kind == Sample::Kind::document && local.name == remote.name &&
                      !std::holds_alternative<InSync>(resolution)) {
                    violated("equal is in sync");
                  }
                  if (trust == TimeTrust::untrusted && occasion == Occasion::unattended) {
                    Case later = sides;
                    later.local_newer_by = -time;
                    if (describe(resolve(later.input())) != what) {
                      violated("untrusted times decide nothing");
                    }
                  }
                }
  CHECK(cases == 8u * 8 * 4 * 13 * 2 * 3 * 3 * 2);
}

}  // namespace start_claude::resolve::test
