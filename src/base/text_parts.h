// A text put together from parts: short ones of its own, long ones in buffers that it shares. What
// writes a large document that hardly differs from another need not hold it twice.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/shared_text.h"

namespace start_claude::base {

class TextParts {
 public:
  TextParts() = default;
  /// All of one text, which it shares.
  explicit TextParts(const SharedText& whole) { append(whole, whole); }

  TextParts& append(std::string_view bytes);
  TextParts& append(std::size_t count, char c);
  TextParts& operator+=(char c) { return append(1, c); }
  TextParts& operator+=(std::string_view bytes) { return append(bytes); }
  /// `bytes` lie in `of`. Copied if they are few, else shared.
  TextParts& append(const SharedText& of, std::string_view bytes);

  /// Leaves out the first `count` bytes, of which there must be so many.
  void remove_prefix(std::size_t count);

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  /// The parts in order, none of them empty; good until the text is changed or gone.
  std::vector<std::string_view> pieces() const;
  bool starts_with(std::string_view start) const;
  /// In one piece: shared where it is one already.
  SharedText joined() const;
  std::string str() const;

 private:
  struct Part {
    const char* shared = nullptr;  ///< null: in `own_`, from `offset`
    std::size_t offset = 0;
    std::size_t size = 0;
    std::size_t owner = 0;  ///< of what is shared
  };
  std::string_view bytes_of(const Part& part) const;

  std::string own_;
  std::vector<SharedText> owners_;
  std::vector<Part> parts_;
  std::size_t size_ = 0;
};

}  // namespace start_claude::base
