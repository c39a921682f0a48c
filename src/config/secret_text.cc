#include "config/secret_text.h"

#include <algorithm>
#include <vector>

#include "config/secret_members.h"
#include "json/string_text.h"

namespace start_claude::config {
namespace {

class SecretMask {
 public:
  SecretMask(std::string_view text, std::string_view mask) : text_(text), mask_(mask) {}

  std::string apply() {
    while (next_ < text_.size()) {
      if (text_[next_] == '"') {
        take_string();
      } else {
        take_mark(text_[next_++]);
      }
    }
    return std::move(masked_);
  }

 private:
  void take_mark(char mark) {
    masked_ += mark;
    if (mark == '{' || mark == '[') {
      containers_.push_back(is_inside_secret() || member_is_secret_);
      member_is_secret_ = false;
      follows_flag_ = false;
    } else if (mark == '}' || mark == ']') {
      if (!containers_.empty()) containers_.pop_back();
      member_is_secret_ = false;
    } else if (mark == ',') {
      member_is_secret_ = false;
    }
  }

  void take_string() {
    const std::size_t end = end_of_string();
    const bool is_closed = end < text_.size();
    const std::string_view typed = text_.substr(next_ + 1, end - next_ - 1);
    const std::string string = json::decode_string(typed).value_or(std::string(typed));
    next_ = is_closed ? end + 1 : end;
    const bool is_name = is_closed && is_followed_by_colon();
    masked_ += '"';
    masked_ += !is_name && is_secret_value(string) ? mask_ : typed;
    if (is_closed) masked_ += '"';
    member_is_secret_ = is_name && is_secret_member(string);
    follows_flag_ = !is_name && string.starts_with('-') && is_secret_member(string);
  }

  bool is_inside_secret() const { return !containers_.empty() && containers_.back(); }

  bool is_secret_value(const std::string& string) const {
    return member_is_secret_ || is_inside_secret() || follows_flag_ ||
           holds_secret(json::Value(string));
  }

  /// Of the quote that ends the string at `next_`, or of the end of the text.
  std::size_t end_of_string() const {
    for (std::size_t i = next_ + 1; i < text_.size(); ++i) {
      if (text_[i] == '"') return i;
      if (text_[i] == '\\') ++i;
    }
    return text_.size();
  }

  bool is_followed_by_colon() const {
    const auto at = text_.find_first_not_of(" \t\r\n", next_);
    return at != std::string_view::npos && text_[at] == ':';
  }

  std::string_view text_;
  std::string_view mask_;
  std::size_t next_ = 0;
  std::string masked_;
  std::vector<bool> containers_;   ///< of each open one: whether all in it is secret
  bool member_is_secret_ = false;  ///< the name before was that of a secret
  bool follows_flag_ = false;      ///< the string before was a flag such as "--api-key"
};

}  // namespace

std::string mask_secret_strings(std::string_view text, std::string_view mask) {
  if (text.find_first_of("{[") == std::string_view::npos) return std::string(text);
  return SecretMask(text, mask).apply();
}

}  // namespace start_claude::config
