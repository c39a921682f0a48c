// What became of an intent: a pure judgement of what lies in its places.
//
// The intent names the two contents that were in play and where the other of them lies while
// config.json is exchanged. One look at these two or three places tells which steps happened.
#pragma once

#include <optional>

#include "json/value.h"
#include "sync/journal_record.h"
#include "sync/local_copy.h"

namespace start_claude::sync {

/// What the intent's places hold. A pure judgement follows from them.
struct IntentPlaces {
  const Intent& intent;
  const LocalCopy& config;
  const LocalCopy& beside;  ///< does not exist where the intent exchanges nothing
  /// Power may have gone since: what was not fsynced may be older than it was, or cut off.
  bool had_power_cut = false;
  /// The two contents, where nothing else may tell.
  std::optional<json::Value> before = {};
  std::optional<json::Value> after = {};
};

enum class IntentOutcome {
  not_begun,  ///< config.json is, or was edited from, what it was before
  replaced,   ///< config.json is, or was edited from, what it was to become
  displaced,  ///< it was replaced, and what lies beside it is an edit of that very moment
};
/// A file that was written in place, or over which a file system that cannot exchange has renamed,
/// leaves nothing that tells, if it was edited since: it was replaced if it has most of what that
/// brings. With something beside it, it was unless it is more like what it was before.
IntentOutcome judge_by_contents(const IntentPlaces& places);
/// By what lies where; by contents only where nothing else tells.
IntentOutcome judge(const IntentPlaces& places);

}  // namespace start_claude::sync
