#include "sync/intent_outcome.h"

#include <map>
#include <string>

#include "config/document.h"
#include "config/profile.h"
#include "json/write.h"

namespace start_claude::sync {
namespace {

/// Every value that is no object or array, by the way to it; an entry of a list goes by its name.
using Leaves = std::map<std::string, std::string>;

void collect_leaves(const json::Value& value, const std::string& path, Leaves& leaves) {
  if (const json::Object* object = value.as_object()) {
    for (const json::Member& member : object->members()) {
      collect_leaves(member.value, path + '/' + member.name, leaves);
    }
  } else if (const json::Array* array = value.as_array()) {
    for (const json::Value& item : *array) {
      collect_leaves(item, path + '/' + std::string(config::name_of(item)), leaves);
    }
  } else {
    leaves[path] = json::write_compact(value);
  }
}

Leaves leaves_of(const json::Value& document) {
  Leaves leaves;
  collect_leaves(document, "", leaves);
  return leaves;
}

const std::string* value_at(const Leaves& leaves, const std::string& path) {
  const auto found = leaves.find(path);
  return found != leaves.end() ? &found->second : nullptr;
}

bool is_same(const std::string* one, const std::string* other) {
  return one == nullptr || other == nullptr ? one == other : *one == *other;
}

/// Of the values in which `before` and `after` differ, how many `now` has as one of them has. A
/// third value was edited since, from either.
struct Likeness {
  std::size_t all = 0;
  std::size_t to_before = 0;
  std::size_t to_after = 0;
};

Likeness likeness_of(const Leaves& before, const Leaves& after, const Leaves& now) {
  Likeness likeness;
  const auto count = [&](const std::string& path) {
    const std::string* was = value_at(before, path);
    const std::string* was_to_be = value_at(after, path);
    if (is_same(was, was_to_be)) return;
    const std::string* is = value_at(now, path);
    ++likeness.all;
    if (is_same(is, was)) ++likeness.to_before;
    if (is_same(is, was_to_be)) ++likeness.to_after;
  };
  for (const auto& [path, value] : after) count(path);
  for (const auto& [path, value] : before) {
    if (!after.contains(path)) count(path);
  }
  return likeness;
}

}  // namespace

IntentOutcome judge_by_contents(const IntentPlaces& places) {
  if (!places.before || !places.after || !places.config.document) return IntentOutcome::not_begun;
  const Likeness likeness =
      likeness_of(leaves_of(*places.before), leaves_of(*places.after),
                  leaves_of(config::without_s3_sync(*places.config.document)));
  // What lies beside it came out as the new content went in.
  const bool is_replaced = places.beside.exists ? likeness.to_after >= likeness.to_before
                                                : 2 * likeness.to_after > likeness.all;
  return is_replaced ? IntentOutcome::replaced : IntentOutcome::not_begun;
}

IntentOutcome judge(const IntentPlaces& places) {
  const Intent& intent = places.intent;
  if (!intent.replaces) return IntentOutcome::not_begun;
  const LocalCopy& beside = places.beside;
  const bool is_that_file =
      beside.exists && intent.before_inode != 0 && beside.fingerprint.inode == intent.before_inode;
  // It was made before the intent was, and is removed only once the journal says how it ended.
  const bool was_prepared = !intent.puts && !intent.beside.empty();
  // What somebody saved, and no run saw to, a power cut may take back, or cut off. What was made
  // here may have been given the same inode; cut off it can only be where it was not prepared.
  const bool is_new = beside.document && beside.revision == intent.after;
  const bool is_whole_or_old = beside.document || was_prepared;
  const bool was_taken_back = is_that_file && places.had_power_cut && is_whole_or_old && !is_new &&
                              beside.fingerprint.modified_ns <= intent.before_modified_ns;
  const bool is_old = beside.document && beside.revision == intent.before;
  if (is_old || was_taken_back) return IntentOutcome::replaced;
  const std::string& now = places.config.revision;
  const bool is_after = places.config.document && now == intent.after;
  // Cut off while it was made, or not looked at yet; a file cut off is no document.
  const bool is_edit = beside.document && !is_new;
  if (is_edit && (is_after || now != intent.before)) return IntentOutcome::displaced;
  if (is_after) return IntentOutcome::replaced;
  const bool was_edited = places.config.document && now != intent.before;
  if (beside.exists || !was_edited) return IntentOutcome::not_begun;
  return was_prepared ? IntentOutcome::replaced : judge_by_contents(places);
}

}  // namespace start_claude::sync
