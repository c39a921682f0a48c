#include "json/member_text.h"

#include "json/string_text.h"

namespace start_claude::json {
namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Walks over a text; false and nothing mean that it is not what was expected.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {
    if (text_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
  }

  std::size_t at() const { return at_; }
  std::string_view from(std::size_t begin) const { return text_.substr(begin, at_ - begin); }

  void skip_blanks() { at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size()); }

  bool take(char expected) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != expected) return false;
    ++at_;
    return true;
  }

  bool skip_string() {
    if (!take('"')) return false;
    for (;;) {
      at_ = text_.find_first_of("\"\\", at_);
      if (at_ == std::string_view::npos) return false;
      if (text_[at_++] == '"') return true;
      if (++at_ > text_.size()) return false;
    }
  }

  bool skip_value() {
    skip_blanks();
    if (at_ >= text_.size()) return false;
    if (text_[at_] == '"') return skip_string();
    if (text_[at_] == '{' || text_[at_] == '[') return skip_container();
    const std::size_t begin = at_;
    at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
    return at_ > begin;
  }

  bool is_at_end() {
    skip_blanks();
    return at_ == text_.size();
  }

 private:
  bool skip_container() {
    std::size_t depth = 0;
    for (;;) {
      at_ = text_.find_first_of("\"{}[]", at_);
      if (at_ == std::string_view::npos) return false;
      const char mark = text_[at_];
      if (mark == '"') {
        if (!skip_string()) return false;
        continue;
      }
      ++at_;
      if (mark == '{' || mark == '[') {
        ++depth;
      } else if (--depth == 0) {
        return true;
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool is_name(std::string_view quoted, std::string_view name) {
  const auto typed = quoted.substr(1, quoted.size() - 2);
  if (typed.find('\\') == std::string_view::npos) return typed == name;
  return decode_string(typed) == name;
}

}  // namespace

std::optional<std::string> with_member_text(std::string_view text, std::string_view name,
                                            std::string_view value) {
  Walker walker(text);
  if (!walker.take('{')) return std::nullopt;
  std::string changed;
  std::size_t copied = 0;
  bool is_first = true;
  while (!walker.take('}')) {
    if (!is_first && !walker.take(',')) return std::nullopt;
    is_first = false;
    walker.skip_blanks();
    const std::size_t name_begin = walker.at();
    if (!walker.skip_string()) return std::nullopt;
    const bool is_wanted = is_name(walker.from(name_begin), name);
    if (!walker.take(':')) return std::nullopt;
    walker.skip_blanks();
    const std::size_t value_begin = walker.at();
    if (!walker.skip_value()) return std::nullopt;
    if (!is_wanted) continue;
    changed.append(text.substr(copied, value_begin - copied)).append(value);
    copied = walker.at();
  }
  if (copied == 0 || !walker.is_at_end()) return std::nullopt;
  changed.append(text.substr(copied));
  return changed;
}

}  // namespace start_claude::json
