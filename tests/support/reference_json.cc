#include "support/reference_json.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/text.h"
#include "json/diagnose.h"
#include "json/string_text.h"

namespace start_claude::support {
namespace {

using namespace json;

/// Of a text in which diagnose() found nothing wrong.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Value value() {
    switch (next()) {
      case '{': return object();
      case '[': return array();
      case '"': return string();
      default: return word();
    }
  }

 private:
  /// After white space.
  char next() {
    while (std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
    return text_[at_];
  }

  /// Passes what is next, a comma or an end for instance.
  char take() {
    const char c = next();
    ++at_;
    return c;
  }

  Value object() {
    Object read;
    for (char before = take(); before != '}'; before = take()) {
      if (before == '{' && next() == '}') continue;
      (void)next();
      std::string name = string();
      (void)take();
      read.members().push_back({std::move(name), value()});
    }
    return read;
  }

  Value array() {
    Array read;
    for (char before = take(); before != ']'; before = take()) {
      if (before == '[' && next() == ']') continue;
      read.push_back(value());
    }
    return read;
  }

  std::string string() {
    const std::size_t begin = ++at_;
    while (text_[at_] != '"') at_ += text_[at_] == '\\' ? 2U : 1U;
    return *decode_string(text_.substr(begin, at_++ - begin));
  }

  Value word() {
    const std::size_t begin = at_;
    at_ = std::min(text_.size(), text_.find_first_of(" \t\r\n,]}", begin));
    const std::string_view word = text_.substr(begin, at_ - begin);
    if (word == "null") return Null{};
    if (word == "true" || word == "false") return word == "true";
    return Number{std::string(word)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<Value> reference_parse(std::string_view text) {
  const std::string_view document = base::without_byte_order_mark(text);
  if (diagnose(document)) return std::nullopt;
  return Reader(document).value();
}

}  // namespace start_claude::support
