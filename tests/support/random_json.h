// JSON values, texts and edits from a seed, for tests that hold over all documents.
//
// Small on purpose: few names, few scalars and shallow trees, so that equal parts, repeated names
// and matching profiles come up all the time. The same seed gives the same sequence everywhere.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "json/value.h"

namespace start_claude::support {

class RandomJson {
 public:
  explicit RandomJson(std::uint64_t seed) : engine_(seed) {}

  /// Below `limit`, which is not 0.
  std::size_t below(std::size_t limit);

  json::Value scalar();
  /// At most `depth` arrays and objects inside each other.
  json::Value value(int depth);

  /// A JSON text that says `value`, with white space, escapes and number spellings of any kind.
  std::string text_of(const json::Value& value);

  /// One part somewhere in `value` added, removed, moved or replaced.
  void edit(json::Value& value);

  /// `text` with a few bytes changed, mostly to bytes that mean something in JSON.
  std::string damaged(std::string text);

 private:
  bool chance(std::size_t one_in) { return below(one_in) == 0; }
  std::string name();
  std::string gap();
  std::string spelled(const std::string& string);
  void edit_array(json::Array& array);
  void edit_object(json::Object& object);

  std::mt19937_64 engine_;
};

}  // namespace start_claude::support
