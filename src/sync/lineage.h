// Lineage: the revisions a content came from, and the common ancestor that follows from it.
//
// Every object carries the last sixteen revisions it took in (its own first). If a remote's lineage
// does not name what we last synced, somebody wrote without having seen it, and the newest revision
// both sides do know is the base for the merge. docs/never-lose.md explains why this is enough.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace start_claude::sync {

inline constexpr std::size_t lineage_length_max = 16;
/// Hexadecimal digits of a revision that lineage carries: 64 bits are enough to tell apart the few
/// hundred revisions of one file.
inline constexpr std::size_t lineage_digits = 16;

std::string short_revision(std::string_view revision);

struct LineageInput {
  std::string local_revision;         ///< of the local file as it is now; empty if there is none
  std::string ancestor;               ///< what this machine last synced; empty if nothing is known
  std::vector<std::string> taken_in;  ///< revisions the local file came from, newest first
  std::string remote_revision;
  /// As the object carries it, short revisions, newest first; empty if it has none (a foreign
  /// writer) or if its first entry is not the object's own revision.
  std::vector<std::string> remote_lineage;
  /// Revisions the local file has held since the ancestor, newest first: a run that was cut off
  /// after its PUT may have put one of them, or a merge of one, without remembering it.
  std::vector<std::string> here_since = {};
};

/// Revisions remembered as taken in: more than any lineage carries.
inline constexpr std::size_t taken_in_max = 64;

/// What the local file has taken in once it is `newest`, made from `others` too: newest first, each
/// once, at most taken_in_max.
std::vector<std::string> taken_in_with(const std::string& newest,
                                       const std::vector<std::string>& others,
                                       const std::vector<std::string>& before);

/// The newest revision both sides come from, as a full revision where it is known; nothing if they
/// have nothing in common.
std::optional<std::string> common_ancestor(const LineageInput& input);

/// True if so much came since that this lineage cannot tell whether `revision` was taken in.
bool is_past(const std::vector<std::string>& lineage, std::string_view revision);

/// The lineage of `revision` that supersedes both `parents`: itself, then the entries of the two
/// lineages, each once, newest first, cut to lineage_length_max.
std::vector<std::string> extend_lineage(std::string_view revision,
                                        const std::vector<std::string>& remote_lineage,
                                        const std::vector<std::string>& taken_in);

}  // namespace start_claude::sync
