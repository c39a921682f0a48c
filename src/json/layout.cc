#include "json/layout.h"

#include <algorithm>
#include <cstddef>

namespace start_claude::json {
namespace {

constexpr std::string_view white_space = " \t\r\n";

class Tracer {
 public:
  explicit Tracer(std::string_view text) : text_(text) {}

  Layout trace() {
    at_ = text_.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    for (skip(white_space); at_ < text_.size(); skip(" \t\r\n,:")) step();
    return std::move(layout_);
  }

 private:
  void skip(std::string_view bytes) {
    at_ = std::min(text_.find_first_not_of(bytes, at_), text_.size());
  }

  void step() {
    const char c = text_[at_];
    if (c == ']' || c == '}') {
      ++at_;
      finish(open_.back());
      open_.pop_back();
      return;
    }
    const std::size_t start = at_;
    if (c == '"' && !named_ && !open_.empty() && text_[layout_[open_.back()].begin] == '{') {
      skip_string();
      name_begin_ = start;
      name_end_ = at_;
      named_ = true;
      return;
    }
    add(start);
    if (c == '[' || c == '{') {
      open_.push_back(layout_.size() - 1);
      ++at_;
      return;
    }
    if (c == '"') {
      skip_string();
    } else {
      at_ = std::min(text_.find_first_of(" \t\r\n,]}", at_), text_.size());
    }
    finish(layout_.size() - 1);
  }

  void skip_string() {
    ++at_;
    while (text_[at_] != '"') at_ += text_[at_] == '\\' ? 2U : 1U;
    ++at_;
  }

  void add(std::size_t start) {
    const auto offset = [](std::size_t at) { return static_cast<std::uint32_t>(at); };
    layout_.push_back({offset(named_ ? name_begin_ : start), offset(named_ ? name_end_ : start),
                       offset(start), offset(start), 0});
    named_ = false;
  }

  void finish(std::size_t node) {
    layout_[node].end = static_cast<std::uint32_t>(at_);
    layout_[node].next = static_cast<std::uint32_t>(layout_.size());
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool named_ = false;  // a name was read and its value was not
  std::size_t name_begin_ = 0;
  std::size_t name_end_ = 0;
  std::vector<std::size_t> open_;
  Layout layout_;
};

}  // namespace

Layout layout_of(std::string_view text) { return Tracer(text).trace(); }

std::string_view gap_before(std::string_view text, std::size_t at) {
  const std::size_t last = text.substr(0, at).find_last_not_of(white_space);
  const std::size_t start = last == std::string_view::npos ? 0 : last + 1;
  return text.substr(start, at - start);
}

std::string_view gap_after(std::string_view text, std::size_t at) {
  return text.substr(at, std::min(text.find_first_not_of(white_space, at), text.size()) - at);
}

}  // namespace start_claude::json
