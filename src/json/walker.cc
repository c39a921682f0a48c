#include "json/walker.h"

#include <algorithm>

#include "base/text.h"
#include "json/bytes_ahead.h"
#include "json/string_text.h"

namespace start_claude::json {

Walker::Walker(std::string_view text)
    : text_(text), at_(text.size() - base::without_byte_order_mark(text).size()) {}

Walker::Walker(std::string_view text, std::size_t at, const std::vector<Extent>& large)
    : text_(text), at_(at), large_(&large) {}

void Walker::skip_blanks() { at_ = white_space_end(text_, at_); }

bool Walker::take(char expected) {
  skip_blanks();
  if (at_ >= text_.size() || text_[at_] != expected) return false;
  ++at_;
  return true;
}

bool Walker::skip_string() {
  if (!take('"')) return false;
  const std::size_t begin = at_;
  for (at_ = text_.find('"', at_); at_ != std::string_view::npos; at_ = text_.find('"', at_)) {
    // An odd number of backslashes before it makes it part of the string.
    std::size_t escapes = at_;
    while (escapes > begin && text_[escapes - 1] == '\\') --escapes;
    const bool ends = (at_++ - escapes) % 2 == 0;
    if (ends) return true;
  }
  at_ = text_.size();
  return false;
}

bool Walker::skip_value() {
  skip_blanks();
  if (at_ >= text_.size()) return false;
  if (text_[at_] == '"') return skip_string();
  if (text_[at_] == '{' || text_[at_] == '[') return jump() || skip_container();
  const std::size_t begin = at_;
  while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != ']' && text_[at_] != '}' &&
         !is_white_space(text_[at_])) {
    ++at_;
  }
  return at_ > begin;
}

bool Walker::is_at_end() {
  skip_blanks();
  return at_ == text_.size();
}

bool Walker::jump() {
  if (large_ == nullptr) return false;
  const auto found =
      std::lower_bound(large_->begin(), large_->end(), at_,
                       [](const Extent& extent, std::size_t at) { return extent.begin < at; });
  if (found == large_->end() || found->begin != at_) return false;
  at_ = found->end;
  return true;
}

bool Walker::skip_container() {
  std::size_t depth = 0;
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '"') {
      if (!skip_string()) return false;
      continue;
    }
    ++at_;
    if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (--depth == 0) return true;
    }
  }
  return false;
}

bool is_name(std::string_view quoted, std::string_view name) {
  const auto typed = without_quotes(quoted);
  if (typed.find('\\') == std::string_view::npos) return typed == name;
  return decode_string(typed) == name;
}

}  // namespace start_claude::json
