#include "property.h"

#include "base/text.h"
#include "json/parse.h"

namespace start_claude::fuzz {

void broken(const std::string& law, std::string_view found) {
  constexpr std::size_t shown_max = 2000;
  if (found.empty()) throw BrokenLaw(law);
  throw BrokenLaw(law + ", but: " + base::printable(found, shown_max));
}

std::vector<std::string_view> split_texts(std::string_view input, std::size_t count) {
  constexpr std::string_view separator = "\n---\n";
  std::vector<std::string_view> texts;
  while (texts.size() + 1 < count) {
    const auto at = input.find(separator);
    texts.push_back(input.substr(0, at));
    input.remove_prefix(at == std::string_view::npos ? input.size() : at + separator.size());
  }
  texts.push_back(input);
  return texts;
}

std::optional<json::Value> value_of(std::string_view text) {
  auto parsed = json::parse(text);
  if (auto* value = std::get_if<json::Value>(&parsed)) return std::move(*value);
  return std::nullopt;
}

}  // namespace start_claude::fuzz
