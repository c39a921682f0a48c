// What pasting and `docker --env-file` leave around a key.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace start_claude::s3 {

/// A key id or a secret, and what people know it by: "AWS_ACCESS_KEY_ID".
struct KeyText {
  std::string name;
  std::string_view value;  ///< not a copy, which nobody would wipe
};

/// An error of kind not_configured that names the first with quotes around it, a line break or an
/// invisible character in it; never what it says.
Result<base::Done> check_key_texts(const std::vector<KeyText>& texts);

}  // namespace start_claude::s3
