// What becomes of a profile when a side deleted it: by tombstone, or by removing the entry.
#pragma once

#include <optional>

#include "resolve/ledger.h"

namespace start_claude::resolve {

/// What becomes of one profile as a whole.
struct Fate {
  enum class Kind {
    by_field,  ///< live on both sides: its fields are merged
    whole,     ///< `value` stands for it; nothing means it is not in the merge
  };
  Kind kind = Kind::by_field;
  std::optional<json::Value> value = {};
  /// For `whole`; nothing if no side changed anything.
  std::optional<Reason> reason = {};
  Side from = Side::local;
  bool is_conflict = false;  ///< deletion against edit
  std::optional<Side> settled_by = {};

  bool is_live() const;
};

/// `path` is the profile's.
Fate decide_fate(const Versions& profile, const FieldPath& path, const Ledger& ledger);

}  // namespace start_claude::resolve
