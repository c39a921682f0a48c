#include "support/reference_json.h"

#include <utility>

#include <simdjson.h>

#include "json/number.h"
#include "json/parse.h"
#include "json/string_text.h"

namespace start_claude::support {
namespace {

using namespace json;

namespace ondemand = simdjson::ondemand;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// What simdjson takes to be one token, without the white space up to the next one.
std::string_view trimmed(std::string_view token) {
  const std::size_t last = token.find_last_not_of(" \t\r\n");
  return token.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

/// A token that is neither array nor object, held against the grammar to its last byte. simdjson's
/// own readers would turn numbers into doubles and refuse 1e400 and integers beyond 64 bits.
std::optional<Value> scalar_from(std::string_view token) {
  if (token == "null") return Value(Null{});
  if (token == "true") return Value(true);
  if (token == "false") return Value(false);
  if (token.size() >= 2 && token.front() == '"' && token.back() == '"') {
    auto string = decode_string(token.substr(1, token.size() - 2));
    if (!string) return std::nullopt;
    return Value(std::move(*string));
  }
  if (!is_number(token)) return std::nullopt;
  return Value(Number{std::string(token)});
}

/// A member's name, and its colon, from the text between the name's quotes on to the colon.
/// False means refused, here and below.
bool read_name(ondemand::field& field, std::string& name) {
  const char* const start = field.key().raw();
  const char* end = start;
  while (*end != '"') end += *end == '\\' ? 2 : 1;  // simdjson saw the closing quote
  auto decoded = decode_string({start, static_cast<std::size_t>(end - start)});
  if (!decoded) return false;
  name = std::move(*decoded);
  return true;
}

bool read_value(ondemand::value source, std::size_t depth, Value& target);

bool read_array(ondemand::value& source, std::size_t depth, Value& target) {
  ondemand::array array;
  if (source.get_array().get(array) != simdjson::SUCCESS) return false;
  Array elements;
  for (auto element : array) {
    ondemand::value value;
    if (std::move(element).get(value) != simdjson::SUCCESS) return false;
    if (!read_value(value, depth, elements.emplace_back())) return false;
  }
  target = std::move(elements);
  return true;
}

bool read_object(ondemand::value& source, std::size_t depth, Value& target) {
  ondemand::object object;
  if (source.get_object().get(object) != simdjson::SUCCESS) return false;
  Object members;
  for (auto member : object) {
    ondemand::field field;
    if (std::move(member).get(field) != simdjson::SUCCESS) return false;
    Member& read = members.members().emplace_back();
    if (!read_name(field, read.name)) return false;
    if (!read_value(field.value(), depth, read.value)) return false;
  }
  target = std::move(members);
  return true;
}

/// `depth` counts the arrays and objects around `source`.
bool read_value(ondemand::value source, std::size_t depth, Value& target) {
  const std::string_view token = trimmed(source.raw_json_token());
  if (token.empty()) return false;
  if (token.front() == '[' || token.front() == '{') {
    if (depth == nesting_max) return false;
    return token.front() == '[' ? read_array(source, depth + 1, target)
                                : read_object(source, depth + 1, target);
  }
  auto scalar = scalar_from(token);
  if (!scalar) return false;
  // What is not consumed is skipped, and skipping takes ["a":1] for a member.
  if (token.front() == '"' && source.get_raw_json_string().error() != simdjson::SUCCESS) {
    return false;
  }
  target = std::move(*scalar);
  return true;
}

std::optional<Value> read_document(ondemand::document& document, std::string_view text) {
  std::string_view first;
  if (document.raw_json_token().get(first) != simdjson::SUCCESS || first.empty()) {
    return std::nullopt;
  }
  if (first.front() != '[' && first.front() != '{') {
    // One token is the whole document, or something follows it.
    const std::size_t start = text.find_first_not_of(" \t\r\n");
    const std::string_view token = trimmed(first);
    if (trimmed(text.substr(start)) != token) return std::nullopt;
    return scalar_from(token);
  }
  ondemand::value root;
  if (document.get_value().get(root) != simdjson::SUCCESS) return std::nullopt;
  std::optional<Value> value = Value();
  if (!read_value(root, 0, *value)) return std::nullopt;
  const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  return at_end ? std::move(value) : std::nullopt;
}

std::optional<Value> read_text(std::string_view text) {
  const simdjson::padded_string padded(text);  // simdjson reads some bytes beyond the end
  ondemand::parser parser;
  ondemand::document document;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS) return std::nullopt;
  return read_document(document, text);
}

}  // namespace

std::optional<Value> reference_parse(std::string_view text) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  return read_text(text);
}

}  // namespace start_claude::support
