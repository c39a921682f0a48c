// What a run is about to do to one or both sides, as a value: an upload, a download or a merge.
//
// engine_act.cc makes it of what was decided, engine_carry_out.cc carries it out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/shared_text.h"
#include "base/time.h"
#include "json/value.h"
#include "resolve/merge.h"
#include "sync/clock.h"
#include "sync/engine.h"

namespace start_claude::sync {

struct Change {
  RunResult result;
  std::string revision;  ///< what the sides that are written will hold
  VersionVector clock;   ///< of that
  std::size_t profiles = 0;
  bool puts = false;      ///< it goes to the bucket
  bool replaces = false;  ///< config.json becomes it
  /// For the bucket: the text, without settings.s3Sync.
  base::SharedText text = {};
  int schema_version = 1;
  std::optional<UtcTime> stated_time = {};
  /// For config.json: what it will say, in which layout, and its mtime.
  const json::Value* document = nullptr;
  base::SharedText layout = {};
  const json::Value* layout_says = nullptr;
  std::optional<UtcTime> modified = {};
  /// The fields that lose an edit by it: reported once it is done.
  std::vector<resolve::FieldChange> conflicts = {};
  const resolve::MergeResult* merge = nullptr;  ///< null: none
  /// Distinguishes the file beside config.json.
  std::uint64_t unique = 0;
};

}  // namespace start_claude::sync
