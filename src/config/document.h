// What config.json means: profiles, settings, and the part that never leaves the machine.
//
// A Document is the JSON value of the whole file; these functions read and change it without
// knowing more fields than they must. The grammar:
//   {"version"?, "configs": [profile...], "settings"?: {..., "s3Sync"?: {...}}, anything else}
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/shared_text.h"
#include "base/time.h"
#include "json/value.h"

namespace start_claude::config {

/// Reads the text of a config file. The error is of kind invalid_data: "is not valid JSON (line 14,
/// column 3: ...)"; it does not name the file, the caller does.
Result<json::Value> parse_document(std::string_view text);
/// The same without a copy of the text: the document keeps it.
Result<json::Value> parse_shared_document(base::SharedText text);

/// Whether a value can stand for a user's configuration at all.
enum class Shape {
  document,  ///< an object whose `configs` is an array of objects
  bare,      ///< an object without `configs`: fine here before setup, damage in the bucket
  nameless,  ///< `configs` has entries, and none of them is a profile: damage
  damaged,   ///< anything else
};
Shape shape_of(const json::Value& value);

/// The entries of `configs` that say anything, tombstones included; 0 if there are none.
std::size_t entry_count(const json::Value& document);
/// Those that are not tombstones.
std::size_t profile_count(const json::Value& document);

/// `document` without settings.s3Sync, however often either name is repeated. `settings` itself
/// goes if that leaves it empty.
json::Value without_s3_sync(json::Value document);
bool has_s3_sync(const json::Value& document);
/// `document` with the settings.s3Sync of `local` in place of its own; without one if it has none.
json::Value with_s3_sync_of(json::Value document, const json::Value& local);

/// `document` with this settings.s3Sync.
json::Value with_s3_sync(json::Value document, json::Value s3_sync);

/// The canonical text of the document without settings.s3Sync: two sides are equal when these are.
/// Empty settings are none.
std::string canonical_text(const json::Value& document);

/// 64 hexadecimal digits: SHA-256 of canonical_text(). Names a revision in the journal.
std::string revision_of(const json::Value& document);

/// The schema number to send as config-version: `version` if it is a small integer, else 1.
int schema_version(const json::Value& document);

}  // namespace start_claude::config
