// Which profile is the default: one choice of the whole document, spread over all its profiles.
//
// Each side that moves the default edits two profiles. Merged field by field, two such moves would
// leave two defaults, or none; so the choice is merged as the one field it is, and isDefault of
// every profile follows from it.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "resolve/ledger.h"
#include "resolve/profile_slots.h"

namespace start_claude::resolve {

/// Whether that is a profile, no tombstone, with isDefault.
bool is_default(const json::Value* profile);

struct DefaultDecision {
  /// False if a side has several defaults already: then isDefault is a field like any other.
  bool decides = false;
  std::optional<std::size_t> winner = {};
  /// The slot at which two different choices are reported as a conflict: local's default.
  std::optional<std::size_t> conflict_at = {};
  std::optional<Side> settled_by = {};
  Side side = Side::local;  ///< whose spelling of "not the default" is taken
};

/// `lives` says for each slot whether the merge keeps it as a profile.
DefaultDecision decide_default(const Slots& slots, const std::vector<bool>& lives,
                               const Ledger& ledger);

/// isDefault of the profile in slot `index`, written down at `path`.
std::optional<json::Value> merge_is_default(const DefaultDecision& decision, const Slots& slots,
                                            std::size_t index, FieldPath& path, Ledger& ledger);

/// The same for a profile that was taken whole from one side. `path` is the profile's.
void settle_is_default(json::Value& profile, const DefaultDecision& decision, const Slots& slots,
                       std::size_t index, FieldPath& path, Ledger& ledger);

}  // namespace start_claude::resolve
