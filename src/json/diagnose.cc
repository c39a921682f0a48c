#include "json/diagnose.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "json/bytes_ahead.h"
#include "json/number.h"
#include "json/string_text.h"

namespace start_claude::json {
namespace {

bool is_delimiter(char c) {
  return is_white_space(c) || c == ',' || c == ':' || c == '[' || c == ']' || c == '{' ||
         c == '}' || c == '"';
}

/// Offset and reason of the first thing that is wrong.
struct Fault {
  std::size_t at;
  std::string reason;
};

/// A byte as a person would name it.
std::string name_of(char c) {
  if (c > ' ' && c < '\x7F') return std::string("\"") + c + "\"";
  constexpr std::string_view digits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  return std::string("byte 0x") + digits[byte >> 4] + digits[byte & 0xF];
}

class Diagnosis {
 public:
  explicit Diagnosis(std::string_view text) : text_(text) {}

  std::optional<Fault> fault() {
    skip_white_space();
    if (at_end()) refuse(at_, "nothing but white space where a value should be");
    while (!fault_) {
      if (!step()) break;
      skip_white_space();
    }
    return std::move(fault_);
  }

 private:
  enum class Expect {
    value,
    first_element,
    first_name,
    name,
    colon,
    comma_or_end,
    end_of_text,
  };

  bool at_end() const { return at_ == text_.size(); }

  void skip_white_space() { at_ = white_space_end(text_, at_); }

  void refuse(std::size_t at, std::string reason) { fault_ = Fault{at, std::move(reason)}; }

  /// One token; false once the text is through.
  bool step() {
    if (at_end()) {
      if (expect_ == Expect::end_of_text) return false;
      refuse(at_, std::string("the text ends inside ") + (in_object() ? "an object" : "an array"));
      return true;
    }
    switch (expect_) {
      case Expect::first_element:
        if (text_[at_] == ']') {
          close();
        } else {
          read_value();
        }
        break;
      case Expect::value: read_value(); break;
      case Expect::first_name:
        if (text_[at_] == '}') {
          close();
        } else {
          read_name();
        }
        break;
      case Expect::name: read_name(); break;
      case Expect::colon: read_colon(); break;
      case Expect::comma_or_end: read_comma_or_end(); break;
      case Expect::end_of_text: refuse(at_, "something follows the end of the document"); break;
    }
    return true;
  }

  bool in_object() const { return !open_.empty() && open_.back() == '{'; }

  void open(char bracket) {
    if (open_.size() == nesting_max) {
      return refuse(at_, "nested more than " + std::to_string(nesting_max) + " deep");
    }
    open_.push_back(bracket);
    ++at_;
    expect_ = bracket == '{' ? Expect::first_name : Expect::first_element;
  }

  void close() {
    ++at_;
    open_.pop_back();
    after_value();
  }

  void after_value() { expect_ = open_.empty() ? Expect::end_of_text : Expect::comma_or_end; }

  void read_value() {
    const char c = text_[at_];
    if (c == '{' || c == '[') return open(c);
    if (c == '"') {
      if (read_string()) after_value();
      return;
    }
    if (c == ']' && after_comma_) return refuse(at_, "a comma before ]");
    std::size_t end = at_;
    while (end < text_.size() && !is_delimiter(text_[end])) ++end;
    const std::string_view word = text_.substr(at_, end - at_);
    if (word == "null" || word == "true" || word == "false" || is_number(word)) {
      at_ = end;
      after_value();
      return;
    }
    refuse(at_, reason_against(word));
  }

  std::string reason_against(std::string_view word) const {
    const char c = text_[at_];
    if (c == '/' || c == '#') return "a comment, which JSON does not have";
    if (c == '\'') return "single quotes; JSON has double quotes only";
    if (c == '-' || c == '+' || c == '.' || (c >= '0' && c <= '9')) {
      return "not a number as JSON writes it";
    }
    for (const std::string_view foreign :
         {"True", "False", "None", "NaN", "Infinity", "undefined"}) {
      if (word == foreign) return std::string(foreign) + " is not JSON";
    }
    // The word itself stays out of the message: it may be a secret whose quotes were forgotten.
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return "a word without quotes";
    return "a value should be here, not " + name_of(c);
  }

  void read_name() {
    const char c = text_[at_];
    if (c == '"') {
      if (read_string()) expect_ = Expect::colon;
      return;
    }
    if (c == '}') return refuse(at_, "a comma before }");
    if (c == '/' || c == '#') return refuse(at_, "a comment, which JSON does not have");
    refuse(at_, "a name in double quotes should be here, not " + name_of(c));
  }

  void read_colon() {
    if (text_[at_] != ':') return refuse(at_, "a colon should follow the name");
    ++at_;
    after_comma_ = false;
    expect_ = Expect::value;
  }

  void read_comma_or_end() {
    const char c = text_[at_];
    const char end = in_object() ? '}' : ']';
    if (c == end) return close();
    if (c == ',') {
      ++at_;
      after_comma_ = true;
      expect_ = in_object() ? Expect::name : Expect::value;
      return;
    }
    refuse(at_, std::string("a comma or ") + end + " should be here, not " + name_of(c));
  }

  bool read_string() {
    const std::size_t start = at_;
    for (std::size_t at = string_exception(text_, start + 1); at < text_.size();
         at = string_exception(text_, at)) {
      const char c = text_[at];
      if (c == '"') {
        at_ = at + 1;
        return true;
      }
      std::size_t taken = 1;
      if (c == '\\') {
        taken = escape_length(at);
        if (taken == 0) return refuse(at, "an escape JSON does not have"), false;
      } else if (static_cast<unsigned char>(c) < 0x20) {
        return refuse(at, control_reason(c)), false;
      } else if (static_cast<unsigned char>(c) >= 0x80) {
        taken = utf8_length(text_.substr(at));
        if (taken == 0) return refuse(at, "not UTF-8: " + name_of(c)), false;
      }
      at += taken;
    }
    return refuse(start, "unterminated string"), false;
  }

  static std::string control_reason(char c) {
    if (c == '\n' || c == '\r') return "a line break in a string";
    return "a control character in a string: " + name_of(c);
  }

  /// The bytes of the escape at `at`; 0 if it is wrong. One that the text cuts off is not wrong
  /// yet: the string is unterminated.
  std::size_t escape_length(std::size_t at) const {
    if (at + 1 == text_.size()) return 1;
    const char letter = text_[at + 1];
    if (letter != 'u') return std::string_view("\"\\/bfnrt").find(letter) < 8 ? 2 : 0;
    const std::string_view digits = text_.substr(at + 2, 4);
    const bool hexadecimal =
        digits.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
    return hexadecimal ? 2 + digits.size() : 0;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Expect expect_ = Expect::value;
  bool after_comma_ = false;
  std::vector<char> open_;  // the brackets not yet closed
  std::optional<Fault> fault_;
};

SyntaxError located(std::string_view text, Fault fault) {
  const std::string_view before = text.substr(0, fault.at);
  const std::size_t line_end = before.rfind('\n');
  SyntaxError error;
  error.line = 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  error.column = fault.at - (line_end == std::string_view::npos ? 0 : line_end + 1) + 1;
  error.reason = std::move(fault.reason);
  return error;
}

}  // namespace

std::optional<SyntaxError> diagnose(std::string_view text) {
  auto fault = Diagnosis(text).fault();
  if (!fault) return std::nullopt;
  return located(text, *std::move(fault));
}

}  // namespace start_claude::json
