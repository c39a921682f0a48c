#include "sync/clock.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace start_claude::sync {
namespace {

constexpr std::string_view cut_mark = "+";
constexpr int count_base = 36;

bool is_machine_id(std::string_view text) {
  constexpr std::string_view alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
  return text.size() == machine_id_length &&
         text.find_first_not_of(alphabet) == std::string_view::npos;
}

std::string text_of(const VersionVector::Entry& entry) {
  std::array<char, 16> digits;
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), entry.count, count_base).ptr;
  return entry.machine + "=" + std::string(digits.data(), end);
}

std::optional<VersionVector::Entry> entry_from(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || !is_machine_id(text.substr(0, equals))) {
    return std::nullopt;
  }
  VersionVector::Entry entry{std::string(text.substr(0, equals)), 0};
  const std::string_view digits = text.substr(equals + 1);
  const auto [end, failure] =
      std::from_chars(digits.data(), digits.data() + digits.size(), entry.count, count_base);
  const bool is_whole = failure == std::errc() && end == digits.data() + digits.size();
  // The one spelling that text_of() has: another was written by somebody else.
  if (!is_whole || entry.count == 0 || text_of(entry) != text) return std::nullopt;
  return entry;
}

VersionVector::Entry* find(VersionVector& clock, std::string_view machine) {
  for (VersionVector::Entry& entry : clock.entries) {
    if (entry.machine == machine) return &entry;
  }
  return nullptr;
}

/// Appends to the last part, or to a new one where it would grow too long.
void append(std::vector<std::string>& parts, const std::string& text) {
  const bool fits =
      !parts.empty() && parts.back().size() + 1 + text.size() <= clock_value_bytes_max;
  if (!fits) {
    parts.push_back(text);
  } else {
    parts.back() += "," + text;
  }
}

std::optional<VersionVector> clock_from_parts(const std::vector<std::string>& parts) {
  VersionVector clock;
  for (const std::string& part : parts) {
    for (const std::string_view text : base::split(part, ',')) {
      if (clock.is_cut) return std::nullopt;
      if (text == cut_mark) {
        clock.is_cut = true;
        continue;
      }
      auto entry = entry_from(text);
      if (!entry || clock.count_of(entry->machine) != 0) return std::nullopt;
      clock.entries.push_back(*std::move(entry));
    }
  }
  if (clock.entries.empty()) return std::nullopt;
  return clock;
}

}  // namespace

std::uint64_t VersionVector::count_of(std::string_view machine) const {
  for (const Entry& entry : entries) {
    if (entry.machine == machine) return entry.count;
  }
  return 0;
}

bool covers(const VersionVector& big, const VersionVector& small) {
  return !small.is_cut &&
         std::all_of(small.entries.begin(), small.entries.end(),
                     [&](const auto& entry) { return big.count_of(entry.machine) >= entry.count; });
}

VersionVector join(const VersionVector& one, const VersionVector& other) {
  VersionVector joined;
  joined.is_cut = one.is_cut || other.is_cut;
  const auto take = [&](const VersionVector::Entry& entry) {
    if (VersionVector::Entry* known = find(joined, entry.machine)) {
      known->count = std::max(known->count, entry.count);
    } else {
      joined.entries.push_back(entry);
    }
  };
  for (std::size_t i = 0; i < std::max(one.entries.size(), other.entries.size()); ++i) {
    if (i < one.entries.size()) take(one.entries[i]);
    if (i < other.entries.size()) take(other.entries[i]);
  }
  return joined;
}

VersionVector advance(VersionVector clock, const std::string& machine, std::uint64_t count) {
  std::erase_if(clock.entries, [&](const auto& entry) { return entry.machine == machine; });
  clock.entries.insert(clock.entries.begin(), {machine, count});
  return clock;
}

VersionVector rewound(VersionVector clock, const std::string& machine, std::uint64_t count) {
  std::erase_if(clock.entries,
                [&](const auto& entry) { return entry.machine == machine && count == 0; });
  if (VersionVector::Entry* entry = find(clock, machine)) entry->count = count;
  return clock;
}

VersionVector limit(const VersionVector& clock, std::string_view own) {
  const auto cost = [](const VersionVector::Entry& entry) { return text_of(entry).size() + 1; };
  std::size_t bytes = cut_mark.size() + 1;
  for (const VersionVector::Entry& entry : clock.entries) {
    if (entry.machine == own) bytes += cost(entry);
  }
  VersionVector limited{.entries = {}, .is_cut = clock.is_cut};
  for (const VersionVector::Entry& entry : clock.entries) {
    const bool is_own = entry.machine == own;
    if (!is_own && bytes + cost(entry) > clock_bytes_max) {
      limited.is_cut = true;
      break;
    }
    if (!is_own) bytes += cost(entry);
    limited.entries.push_back(entry);
  }
  // That of `own` may stand behind what was dropped.
  const std::uint64_t count = clock.count_of(own);
  if (count > 0 && limited.count_of(own) == 0) limited.entries.push_back({std::string(own), count});
  return limited;
}

std::vector<std::string> format_parts(const VersionVector& clock) {
  std::vector<std::string> parts;
  for (const VersionVector::Entry& entry : clock.entries) append(parts, text_of(entry));
  if (clock.is_cut) append(parts, std::string(cut_mark));
  return parts;
}

std::optional<VersionVector> parse_parts(const std::vector<std::string>& parts) {
  std::size_t bytes = 0;
  for (const std::string& part : parts) bytes += part.size();
  if (bytes > clock_bytes_max) return std::nullopt;
  return clock_from_parts(parts);
}

VersionVector clock_from_text(std::string_view text) {
  if (text.empty()) return {};
  return clock_from_parts({std::string(text)}).value_or(VersionVector{});
}

std::string format_clock(const VersionVector& clock) {
  std::string text;
  for (const VersionVector::Entry& entry : clock.entries) {
    if (!text.empty()) text += ',';
    text += text_of(entry);
  }
  if (clock.is_cut) text += (text.empty() ? "" : ",") + std::string(cut_mark);
  return text;
}

}  // namespace start_claude::sync
