// Which values in a config document must not be shown.
//
// Told by name, because names are all that a program can know of another program's settings; told
// by value only where a value says so itself (a password inside a URL, a list of flags with a key
// among them). In doubt a value is a secret: a mask too many costs a look into the file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace start_claude::config {

/// True for members whose value must not be shown: apiKey, authToken, and whatever is named like a
/// key, token, secret, password or credential (in `env` and headers too). Not for what only counts
/// tokens: maxOutputTokens.
bool is_secret_member(std::string_view name);

/// True if the value at that path (such as {"configs", "production", "env", "API_KEY"}) is a secret
/// by its own name or by that of what it stands in. A header of `customHeaders` is judged by its
/// own name.
bool is_secret_path(const std::vector<std::string>& path);

/// True if the value itself holds a secret, whatever it is called: a member of a secret name at any
/// depth, a URL with a password, an authorization, a flag such as "--api-key=...".
bool holds_secret(const json::Value& value);

/// is_secret_path(path) or holds_secret(value): whether to mask it, all in one question.
bool is_secret(const std::vector<std::string>& path, const json::Value& value);

}  // namespace start_claude::config
