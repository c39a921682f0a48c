#include "base/text_parts.h"

#include <algorithm>

namespace start_claude::base {
namespace {

/// Below this a copy is cheaper than remembering where the bytes are.
constexpr std::size_t shared_bytes_min = 256;

}  // namespace

TextParts& TextParts::append(std::string_view bytes) {
  if (bytes.empty()) return *this;
  if (parts_.empty() || parts_.back().shared != nullptr) parts_.push_back({nullptr, own_.size()});
  own_ += bytes;
  parts_.back().size += bytes.size();
  size_ += bytes.size();
  return *this;
}

TextParts& TextParts::append(std::size_t count, char c) { return append(std::string(count, c)); }

TextParts& TextParts::append(const SharedText& of, std::string_view bytes) {
  const bool goes_on = !parts_.empty() && parts_.back().shared != nullptr &&
                       parts_.back().shared + parts_.back().size == bytes.data();
  if (goes_on && owners_[parts_.back().owner].data() == of.data()) {
    parts_.back().size += bytes.size();
    size_ += bytes.size();
    return *this;
  }
  if (bytes.size() < shared_bytes_min) return append(bytes);
  if (owners_.empty() || owners_.back().data() != of.data()) owners_.push_back(of);
  parts_.push_back({bytes.data(), 0, bytes.size(), owners_.size() - 1});
  size_ += bytes.size();
  return *this;
}

void TextParts::remove_prefix(std::size_t count) {
  size_ -= count;
  for (Part& part : parts_) {
    const std::size_t removed = std::min(count, part.size);
    if (part.shared != nullptr) {
      part.shared += removed;
    } else {
      part.offset += removed;
    }
    part.size -= removed;
    count -= removed;
  }
  std::erase_if(parts_, [](const Part& part) { return part.size == 0; });
}

bool TextParts::starts_with(std::string_view start) const {
  for (const Part& part : parts_) {
    const std::string_view bytes = bytes_of(part);
    if (bytes.size() >= start.size()) return bytes.starts_with(start);
    if (!start.starts_with(bytes)) return false;
    start.remove_prefix(bytes.size());
  }
  return start.empty();
}

std::string_view TextParts::bytes_of(const Part& part) const {
  if (part.shared != nullptr) return {part.shared, part.size};
  return std::string_view(own_).substr(part.offset, part.size);
}

std::vector<std::string_view> TextParts::pieces() const {
  std::vector<std::string_view> pieces;
  pieces.reserve(parts_.size());
  for (const Part& part : parts_) pieces.push_back(bytes_of(part));
  return pieces;
}

SharedText TextParts::joined() const {
  if (parts_.size() == 1 && parts_.front().shared != nullptr) {
    const SharedText& owner = owners_[parts_.front().owner];
    if (owner.size() == size_) return owner;
  }
  return str();
}

std::string TextParts::str() const {
  std::string text;
  text.reserve(size_);
  for (const Part& part : parts_) text += bytes_of(part);
  return text;
}

}  // namespace start_claude::base
