#include "http/message.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace start_claude::http {
namespace {

auto has_name(std::string_view name) {
  return [name](const Header& header) { return base::equal_ignoring_case(header.name, name); };
}

}  // namespace

std::optional<std::string> Headers::find(std::string_view name) const {
  const auto found = std::find_if(headers_.begin(), headers_.end(), has_name(name));
  if (found == headers_.end()) return std::nullopt;
  return found->value;
}

void Headers::add(std::string name, std::string value) {
  headers_.push_back(Header{std::move(name), std::move(value)});
}

void Headers::set(std::string name, std::string value) {
  const auto first = std::find_if(headers_.begin(), headers_.end(), has_name(name));
  if (first == headers_.end()) return add(std::move(name), std::move(value));
  headers_.erase(std::remove_if(std::next(first), headers_.end(), has_name(name)), headers_.end());
  *first = Header{std::move(name), std::move(value)};
}

void Headers::remove(std::string_view name) { std::erase_if(headers_, has_name(name)); }

}  // namespace start_claude::http
