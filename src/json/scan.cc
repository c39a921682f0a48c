#include "json/scan.h"

#include <limits>

#include <simdjson.h>

#include "json/bytes_ahead.h"
#include "json/number.h"
#include "json/parse.h"
#include "json/string_text.h"

namespace start_claude::json {
namespace {

namespace ondemand = simdjson::ondemand;

/// What simdjson takes to be one token, without the white space up to the next one.
std::string_view trimmed(std::string_view token) {
  const std::size_t last = token.find_last_not_of(" \t\r\n");
  return token.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

/// simdjson looks at escapes only where it decodes.
bool are_escapes_valid(std::string_view typed) {
  return typed.find('\\') == std::string_view::npos || decode_string(typed).has_value();
}

/// A token that is neither array nor object, held against the grammar to its last byte. simdjson's
/// own readers would turn numbers into doubles and refuse 1e400 and integers beyond 64 bits.
bool is_scalar(std::string_view token) {
  if (token.size() >= 2 && token.front() == '"' && token.back() == '"') {
    return are_escapes_valid(without_quotes(token));
  }
  return token == "null" || token == "true" || token == "false" || is_number(token);
}

/// One walk over all that simdjson found. False means refused, wherever it is returned.
class Scan {
 public:
  Scan(std::string_view text, ondemand::document& document) : text_(text), document_(document) {}

  bool read_document() {
    std::string_view first;
    if (document_.raw_json_token().get(first) != simdjson::SUCCESS) return false;
    first = trimmed(first);
    if (first.empty()) return false;
    scanned_.root.begin = offset(first.data());
    scanned_.root.end = static_cast<std::uint32_t>(trimmed(text_).size());
    if (first.front() != '[' && first.front() != '{') {
      // One token is the whole document, or something follows it.
      return first == text_.substr(scanned_.root.begin, length(scanned_.root)) && is_scalar(first);
    }
    ondemand::value root;
    return document_.get_value().get(root) == simdjson::SUCCESS && read_value(root, 0) &&
           document_.current_location().error() == simdjson::OUT_OF_BOUNDS;
  }

  Scanned scanned() { return std::move(scanned_); }

 private:
  static std::uint32_t length(Extent extent) { return extent.end - extent.begin; }

  std::uint32_t offset(const char* place) const {
    return static_cast<std::uint32_t>(place - text_.data());
  }

  /// `depth` counts the arrays and objects around `source`.
  bool read_value(ondemand::value& source, std::size_t depth) {
    const std::string_view token = trimmed(source.raw_json_token());
    if (token.empty()) return false;
    if (token.front() == '[' || token.front() == '{') {
      if (depth == nesting_max) return false;
      const std::size_t place = scanned_.large.size();
      scanned_.large.push_back({offset(token.data()), 0});
      if (!(token.front() == '[' ? read_array(source, depth + 1)
                                 : read_object(source, depth + 1))) {
        return false;
      }
      scanned_.large[place].end = end_of_last();
      // Whatever is in a small one is small, so that this is the last.
      if (length(scanned_.large[place]) < large_extent_min) scanned_.large.pop_back();
      return true;
    }
    // What is not consumed is skipped, and skipping takes ["a":1] for a member.
    return is_scalar(token) &&
           (token.front() != '"' || source.get_raw_json_string().error() == simdjson::SUCCESS);
  }

  bool read_array(ondemand::value& source, std::size_t depth) {
    ondemand::array array;
    if (source.get_array().get(array) != simdjson::SUCCESS) return false;
    for (auto element : array) {
      ondemand::value value;
      if (std::move(element).get(value) != simdjson::SUCCESS || !read_value(value, depth)) {
        return false;
      }
    }
    return true;
  }

  bool read_object(ondemand::value& source, std::size_t depth) {
    ondemand::object object;
    if (source.get_object().get(object) != simdjson::SUCCESS) return false;
    for (auto member : object) {
      ondemand::field field;
      if (std::move(member).get(field) != simdjson::SUCCESS || !is_name_valid(field)) return false;
      if (!read_value(field.value(), depth)) return false;
    }
    return true;
  }

  /// simdjson saw the closing quote.
  bool is_name_valid(ondemand::field& field) const {
    const std::size_t begin = offset(field.key().raw());
    std::size_t end = string_mark(text_, begin);
    while (end < text_.size() && text_[end] == '\\') end = string_mark(text_, end + 2);
    return are_escapes_valid(text_.substr(begin, end - begin));
  }

  /// Where the array or object ends that was read last: before the next token, without the white
  /// space between.
  std::uint32_t end_of_last() const {
    const char* next = nullptr;
    if (document_.current_location().get(next) != simdjson::SUCCESS) return scanned_.root.end;
    return static_cast<std::uint32_t>(trimmed(text_.substr(0, offset(next))).size());
  }

  std::string_view text_;
  ondemand::document& document_;
  Scanned scanned_;
};

std::optional<Scanned> scan_padded(std::string_view text, simdjson::padded_string_view padded) {
  ondemand::parser parser;
  ondemand::document document;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS) return std::nullopt;
  Scan scan(text, document);
  if (!scan.read_document()) return std::nullopt;
  return scan.scanned();
}

}  // namespace

std::optional<Scanned> scan(std::string_view text, std::size_t spare) {
  if (text.size() >= std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  if (spare >= simdjson::SIMDJSON_PADDING) {
    return scan_padded(text, simdjson::padded_string_view(text, text.size() + spare));
  }
  const simdjson::padded_string copy(text);
  return scan_padded(copy, copy);
}

}  // namespace start_claude::json
