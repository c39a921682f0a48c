// Immutable bytes that their copies share: a document of 100 MB is in memory once, whoever holds
// it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace start_claude::base {

class SharedText {
 public:
  SharedText() = default;
  SharedText(std::string text)
      : owner_(std::make_shared<const std::string>(std::move(text))), view_(*owner_) {}
  SharedText(const char* text) : SharedText(std::string(text)) {}

  /// Bytes that somebody else keeps for as long as the result and its copies are used.
  static SharedText borrowed(std::string_view bytes) {
    SharedText text;
    text.view_ = bytes;
    return text;
  }

  /// What whoever makes a large text should reserve beyond its size; see spare().
  static constexpr std::size_t spare_wanted = 64;

  std::string_view view() const { return view_; }
  /// How many bytes after the last one are memory of this text as well: readers that take many
  /// bytes at a time need not copy it for them.
  std::size_t spare() const { return owner_ ? owner_->capacity() - owner_->size() : 0; }
  operator std::string_view() const { return view_; }
  const char* data() const { return view_.data(); }
  std::size_t size() const { return view_.size(); }
  bool empty() const { return view_.empty(); }
  std::string str() const { return std::string(view_); }
  void clear() { *this = SharedText(); }

  bool operator==(const SharedText& other) const { return view_ == other.view_; }
  bool operator==(std::string_view other) const { return view_ == other; }
  bool operator==(const std::string& other) const { return view_ == other; }
  bool operator==(const char* other) const { return view_ == other; }

 private:
  std::shared_ptr<const std::string> owner_;  ///< null: empty or borrowed
  std::string_view view_;
};

}  // namespace start_claude::base
