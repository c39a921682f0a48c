// Which contents a merge is based on: the newest that both sides have seen. A pure function.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sync/memory.h"

namespace start_claude::sync {

struct MergeBaseInput {
  const Remembered& remembered;
  /// What is remembered of this remote.
  const RemoteState& agreed;
  /// Of the object as it is now; empty: a foreign writer's.
  const VersionVector& remote_clock;
  std::string_view remote_revision;
  /// No writer overwrites what it has not read: the store honours If-Match.
  bool store_guards = false;
};

/// Revisions, newest first; none if nothing is known that both sides come from. Several only where
/// contents were overwritten unread. It may be too old, which makes conflicts of what is none; it
/// is never too new, which would lose edits (docs/never-lose.md).
std::vector<std::string> merge_bases(const MergeBaseInput& input);

}  // namespace start_claude::sync
