// Whether "If-None-Match: *" protects an object that this run was not allowed to read.
//
// A 403 to the read may mean that nothing is there (S3 without s3:ListBucket), or that something is
// there that must not be replaced. A conditional PUT tells the two apart, but only where the store
// is known to honour the condition: Garage stores with a 200 and says nothing. So it must have been
// measured before, be promised (Amazon), or be measured now, on an object beside ours
// (docs/adr/0006).
#pragma once

#include "platform/random.h"
#include "s3/object_store.h"
#include "sync/state.h"

namespace start_claude::sync {

/// True if the condition is known to protect, by what was measured or is promised.
bool guards_creation(const StoreTraits& traits, const s3::ObjectStore& store);

/// The traits with what a scratch object beside `object` tells about conditions; as they were if
/// this key may not write there, or nobody answers. Leaves nothing behind if the key may delete.
StoreTraits measured_beside(s3::ObjectStore& store, platform::Random& random,
                            const s3::ObjectLocation& object, StoreTraits traits);

}  // namespace start_claude::sync
