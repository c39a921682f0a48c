#include "sync/creation_guard.h"

#include "sync/write_trial.h"

namespace start_claude::sync {

bool guards_creation(const StoreTraits& traits, const s3::ObjectStore& store) {
  switch (traits.if_none_match) {
    case Verdict::honoured: return true;
    case Verdict::unknown: return store.promises_if_none_match();
    case Verdict::ignored:
    case Verdict::refused: return false;
  }
  return false;
}

StoreTraits measured_beside(s3::ObjectStore& store, platform::Random& random,
                            const s3::ObjectLocation& object, StoreTraits traits) {
  const auto trial = try_writing(store, random, {.object = object, .only_conditions = true});
  if (!trial) return traits;
  if (trial->if_none_match != Verdict::unknown) traits.if_none_match = trial->if_none_match;
  if (trial->if_match != Verdict::unknown) traits.if_match = trial->if_match;
  return traits;
}

}  // namespace start_claude::sync
