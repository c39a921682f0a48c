// Mutations that libFuzzer cannot find byte by byte: one part of a document removed, doubled,
// moved, or replaced by a part of another one.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "json/value.h"

namespace start_claude::fuzz {

class JsonMutation {
 public:
  explicit JsonMutation(std::uint64_t seed) : engine_(seed) {}

  /// Texts of JSON with one to four edits, in the same order; those that are no JSON stay. One may
  /// become a copy of another. Parts are taken from all of them, and from a small vocabulary of
  /// what stands in a config.json.
  std::vector<std::string> mutate(const std::vector<std::string_view>& texts);

 private:
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(engine_() % limit); }
  bool chance(std::size_t one_in) { return below(one_in) == 0; }
  void collect(const json::Value& value);
  json::Value any_part();
  void edit(json::Value& value);
  void edit_array(json::Array& array);
  void edit_object(json::Object& object);

  std::mt19937_64 engine_;
  std::vector<json::Value> parts_;
};

}  // namespace start_claude::fuzz
