// The vocabulary in which the decision table's tests are written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "resolve/resolve.h"

namespace start_claude::resolve::test {

using Milliseconds = std::int64_t;

/// One side's content in a row: missing, damaged, or a small document.
struct Sample {
  enum class Kind { none, missing, damaged, document } kind = Kind::none;
  std::string name;  ///< the revision
  json::Value document = {};
};

/// A document with one profile whose model is the version: two versions conflict in one field.
Sample v(int version);
/// v(1) with only the model, or only the key, changed.
extern const Sample model_changed;
extern const Sample key_changed;
Sample profile_named(const std::string& name);
/// A profile for each letter, all different.
Sample profiles_named(const std::string& letters);
/// The same profiles, deleted and marked as such.
Sample with_tombstones(const std::string& letters);
/// v(1), deleted.
Sample tombstone_of_production();
extern const Sample empty;
extern const Sample missing;
extern const Sample damaged;
/// No ancestor.
extern const Sample none;

struct Case {
  Sample local;
  Sample remote;
  Sample ancestor;
  Milliseconds local_newer_by = 0;
  TimeTrust trust = TimeTrust::trusted;
  Direction direction = Direction::both;
  Occasion occasion = Occasion::by_hand;
  ConflictPreference preference = ConflictPreference::ask;
  Force force = Force::no;
  AllowEmpty allow_empty = AllowEmpty::no;
  std::optional<Milliseconds> local_age = {};
  Access access = Access::read_write;
  std::vector<Sample> other_ancestors = {};

  Input input() const;
};

/// A resolution in one line: "upload: local_changed", "ask confirm_merge: both_changed, default
/// yes", "merge here: both_changed".
std::string describe(const Resolution& resolution);

}  // namespace start_claude::resolve::test
