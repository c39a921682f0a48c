// From an object's key to a path inside its bucket's folder, and back.
//
// A key is any text; a path is what a file system takes, and never leaves the folder. Ordinary keys
// are their own path. What a folder cannot hold is written "%XX": control characters, ".", "..",
// a "%" that would read as an escape; an empty part ("a//b", "a/") becomes a lone "%".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace start_claude::server {

/// In every bucket's folder, where the server keeps what is not a plain file. No key maps into it.
inline constexpr std::string_view hidden_folder = ".s3-serve";

/// Nothing if a part is longer than the 255 bytes a file name may have.
std::optional<std::string> path_from_key(std::string_view key);

/// The key whose path that is; nothing if there is none (the hidden folder, "%2e").
std::optional<std::string> key_from_path(std::string_view path);

}  // namespace start_claude::server
