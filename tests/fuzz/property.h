// What the fuzz targets share: how a property fails, and how one input holds several texts.
//
// A target is a function of one input. It returns if all its properties hold and throws if not:
// libFuzzer keeps such an input as a crash, the replay of the corpora reports the words.
#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace start_claude::fuzz {

class BrokenLaw : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// Ends the input: `law` does not hold. `found` may show what was found instead.
[[noreturn]] void broken(const std::string& law, std::string_view found = {});

/// `input` cut at its lines "---" into at most `count` texts; missing ones are empty, and the last
/// one has the rest.
std::vector<std::string_view> split_texts(std::string_view input, std::size_t count);

/// The value of a JSON text, or nothing.
std::optional<json::Value> value_of(std::string_view text);

}  // namespace start_claude::fuzz
