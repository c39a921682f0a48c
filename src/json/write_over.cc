#include "json/parse.h"
#include "json/write.h"

namespace start_claude::json {

std::string write_over(std::string_view original, const Value& value) {
  const auto parsed = parse(original);
  const Value* before = std::get_if<Value>(&parsed);
  return before != nullptr && *before == value ? std::string(original) : write_pretty(value);
}

}  // namespace start_claude::json
