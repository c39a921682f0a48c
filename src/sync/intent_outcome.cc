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

/// Of what leads from `before` to `after`, how much there is, and how much of it `now` has.
struct Share {
  std::size_t all = 0;
  std::size_t found = 0;
};

Share share_of(const Leaves& before, const Leaves& after, const Leaves& now) {
  Share share;
  const auto count = [&](bool is_found) {
    ++share.all;
    share.found += is_found ? 1U : 0U;
  };
  for (const auto& [path, value] : after) {
    const auto was = before.find(path);
    if (was != before.end() && was->second == value) continue;
    const auto is = now.find(path);
    count(is != now.end() && is->second == value);
  }
  for (const auto& [path, value] : before) {
    if (!after.contains(path)) count(!now.contains(path));
  }
  return share;
}

}  // namespace

IntentOutcome judge_by_contents(const IntentPlaces& places) {
  if (!places.before || !places.after || !places.config.document) return IntentOutcome::not_begun;
  const Share share = share_of(leaves_of(*places.before), leaves_of(*places.after),
                               leaves_of(config::without_s3_sync(*places.config.document)));
  return 2 * share.found > share.all ? IntentOutcome::replaced : IntentOutcome::not_begun;
}

IntentOutcome judge(const IntentPlaces& places) {
  const Intent& intent = places.intent;
  if (!intent.replaces) return IntentOutcome::not_begun;
  const LocalCopy& beside = places.beside;
  const bool is_that_file =
      beside.exists && intent.before_inode != 0 && beside.fingerprint.inode == intent.before_inode;
  // What somebody saved, and no run saw to, a power cut may take back.
  const bool is_new = beside.document && beside.revision == intent.after;
  const bool was_taken_back = is_that_file && places.had_power_cut && beside.document && !is_new &&
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
  // It was made before the intent was, and is removed only once the journal says how it ended.
  const bool was_prepared = !intent.puts && !intent.beside.empty();
  return was_prepared ? IntentOutcome::replaced : judge_by_contents(places);
}

}  // namespace start_claude::sync
