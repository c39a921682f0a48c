// How far a content has seen each machine: a version vector, which every object carries.
//
// Each machine counts the contents its config.json has had. A content whose vector covers that of
// another was made by somebody who had seen the other; where neither covers the other, both were
// made without knowing of each other. In metadata it is "id=count" pairs, counts in base 36, most
// recently moved first, a last "+" where entries were dropped for room. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace start_claude::sync {

/// Characters of a machine's id: lower-case letters and digits.
inline constexpr std::size_t machine_id_length = 8;

struct VersionVector {
  struct Entry {
    std::string machine;
    std::uint64_t count = 0;
    bool operator==(const Entry&) const = default;
  };
  /// Most recently moved first, each machine once.
  std::vector<Entry> entries = {};
  /// Entries were dropped for room: nothing covers it, so that it can only make a base older.
  bool is_cut = false;

  bool empty() const { return entries.empty() && !is_cut; }
  /// 0 for a machine it has not seen.
  std::uint64_t count_of(std::string_view machine) const;
  bool operator==(const VersionVector&) const = default;
};

/// Whether whoever has `big` has seen all that `small` has.
bool covers(const VersionVector& big, const VersionVector& small);
/// The least vector that covers both; entries of both by turns, most recently moved first.
VersionVector join(const VersionVector& one, const VersionVector& other);
/// `clock` with the entry of `machine` set to `count` and moved to the front.
VersionVector advance(VersionVector clock, const std::string& machine, std::uint64_t count);

/// `clock` with the entry of `machine` set back to `count`, where it stands; gone if that is 0.
VersionVector rewound(VersionVector clock, const std::string& machine, std::uint64_t count);

/// What metadata may take. OpenStack Swift refuses a value of more than 256 bytes, Amazon S3 more
/// than 2 KB of metadata in all.
inline constexpr std::size_t clock_value_bytes_max = 256;
inline constexpr std::size_t clock_bytes_max = 1'250;

/// `clock` as it fits into metadata: the entries moved longest ago are dropped, never that of
/// `own`.
VersionVector limit(const VersionVector& clock, std::string_view own);
/// A limited vector as text, in parts of at most clock_value_bytes_max.
std::vector<std::string> format_parts(const VersionVector& clock);
/// Nothing unless it is as format_parts() writes it.
std::optional<VersionVector> parse_parts(const std::vector<std::string>& parts);
/// In one line, without a limit: for the journal. Empty for an empty vector.
std::string format_clock(const VersionVector& clock);
/// That line read; empty if it is not as format_clock() writes it.
VersionVector clock_from_text(std::string_view text);

}  // namespace start_claude::sync
