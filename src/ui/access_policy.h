// The least that a key must be allowed, in the language of IAM policies (version 2012-10-17).
#pragma once

#include <string>
#include <string_view>

#include "json/value.h"
#include "s3/object_store.h"

namespace start_claude::ui {

/// What the key is for, beside the syncing of one object.
struct PolicyExtent {
  bool writes = true;    ///< false: this key only downloads
  bool history = false;  ///< s3-history and s3-restore, where the bucket keeps versions
};

/// Reading and writing exactly this object, and what `extent` adds. `partition` is "aws", "aws-cn",
/// ...
json::Value access_policy(std::string_view partition, const s3::ObjectLocation& object,
                          const PolicyExtent& extent);

}  // namespace start_claude::ui
