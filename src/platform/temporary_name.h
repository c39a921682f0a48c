// What the files are called that this program keeps beside a file it replaces: ".NAME.", 16
// hexadecimal digits, and what kind it is: hidden, and nothing a person would name a file.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace start_claude::platform {

/// Half written, perhaps; of no use to a later run.
inline constexpr std::string_view temporary_suffix = ".start-claude-tmp";
/// To be exchanged with its target, and so may hold what was there. It is whole.
inline constexpr std::string_view exchanged_suffix = ".start-claude-old";
/// Says what is being written into its target in place (in_place.h). It is whole.
inline constexpr std::string_view in_place_suffix = ".start-claude-new";
inline constexpr std::array<std::string_view, 3> temporary_suffixes{
    temporary_suffix, exchanged_suffix, in_place_suffix};

std::string temporary_beside(const std::string& target, std::uint64_t unique,
                             std::string_view suffix);
/// The name of the file that `name` is a temporary of; nothing if it is no temporary.
std::optional<std::string_view> target_of_temporary(std::string_view name, std::string_view suffix);

}  // namespace start_claude::platform
