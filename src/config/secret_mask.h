// Values as they are shown: with a mask such as "****9f2c" in place of every secret.
//
// What is a secret, secret_members.h says. Of a URL only what stands before the "@" and the query
// are hidden, of header lines only the values that are secret, of a list that holds a secret every
// text. The length of a secret never shows.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace start_claude::config {

struct ShownValue {
  json::Value value;
  /// Where in it something is hidden, below its own path: {"env", "MY_TOKEN"}. A list counts as one
  /// value; a header of `customHeaders` as a member.
  std::vector<std::vector<std::string>> secrets = {};
};

/// The value at that path (as in is_secret_path) as it is shown.
ShownValue shown_value(const json::Value& value, const std::vector<std::string>& path);
/// Its value alone.
json::Value masked(const json::Value& value, const std::vector<std::string>& path);

/// The value at `path` below the one at `root`, headers of `customHeaders` included; nothing if
/// there is none.
std::optional<json::Value> value_at(const json::Value& value, const std::vector<std::string>& root,
                                    const std::vector<std::string>& path);

/// Whether the text of a secret is some program's mask, or has one in it: stars or bullets instead
/// of characters, however many ("****9f2c", "AKIA****MPLE", "••••", "https://me:***@host").
bool is_mask(std::string_view secret);
/// Whether a text that need not be a secret is nothing but a mask: "****9f2c", but not "*.ts".
bool is_plain_mask(std::string_view text);

}  // namespace start_claude::config
