// Undoing the last sync: what s3-restore --last and the manager's page have in common.
//
// Whoever calls holds the lock, has asked whom there was to ask, and tells what came of it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/sync_session.h"
#include "resolve/effects.h"
#include "sync/undo.h"

namespace start_claude::cli {

/// The last run that replaced something, as far as it can be undone.
struct LastSync {
  sync::UndoPlan plan;
  std::string became;  ///< the revision that it left here
};

/// Nothing if no run replaced anything, or the journal has it no more. The configuration has
/// settings.
std::optional<LastSync> find_last_sync(Host& host, const Configuration& configuration);

/// sync::recover(): what a run that was cut off left would else come back over what is restored.
/// `warn` hears of edits that lost to later ones.
Result<base::Done> recover(Host& host, const sync::Paths& paths,
                           const std::function<void(const std::string&)>& warn);

/// What the profiles here lose and gain when `document` takes their place.
std::vector<resolve::Effect> effects_here(const Configuration& configuration,
                                          const json::Value& document);

/// "1 profile"
std::string format_count(const sync::Revision& revision);
/// "1 profile here and 2 profiles in the bucket": a plan for each side apart.
std::string format_counts(const sync::UndoPlan& plan);

/// Each side gets back its own: sync::undo_apart() with the store of `session`.
Result<base::Done> undo_apart(Host& host, SyncSession& session, const sync::UndoPlan& plan);

/// `chosen` takes the place of config.json, which stays in the journal; settings.s3Sync stays.
/// `document` is what its text says.
Result<base::Done> restore_here(Host& host, const Configuration& configuration,
                                const sync::Revision& chosen, const json::Value& document);

}  // namespace start_claude::cli
