// The least that a key must be allowed, in the language of IAM policies (version 2012-10-17).
#pragma once

#include <string>
#include <string_view>

#include "json/value.h"
#include "s3/object_store.h"

namespace start_claude::ui {

/// Reading and writing exactly this object. `partition` is "aws", "aws-cn", ...
json::Value access_policy(std::string_view partition, const s3::ObjectLocation& object);

}  // namespace start_claude::ui
