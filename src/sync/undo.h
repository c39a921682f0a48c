// Undoing the last run that wrote something: each side gets back what it had.
//
// Where a run took one side as it was and nothing of the other was lost but what had been agreed on
// before, bringing back that content is an edit like any other, and goes to both sides. Where both
// sides had something of their own, each gets back its own, and what they had in common before is
// remembered as their base again: as an edit, the one would undo the other.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "sync/engine.h"
#include "sync/revisions.h"

namespace start_claude::sync {

/// What there is to undo.
struct UndoPlan {
  /// For both sides alike; else each of them apart.
  std::optional<Revision> for_both = {};
  std::optional<Revision> local = {};
  std::optional<Revision> remote = {};
};

/// Nothing if no run is known that replaced anything, or the journal has it no more.
std::optional<UndoPlan> plan_undo(const Memory& memory, const RemoteState& remembered);

struct UndoParts {
  const MemoryParts& memory;
  s3::ObjectStore& store;
  const RemoteName& remote;
  const std::optional<json::Value>& s3_sync;
};

/// Gives each side back its own. `undecided` if another writer changed the bucket since; then
/// nothing changed.
Result<base::Done> undo_apart(const UndoParts& parts, const UndoPlan& plan, const LocalCopy& local,
                              Memory& memory, State& state);

}  // namespace start_claude::sync
