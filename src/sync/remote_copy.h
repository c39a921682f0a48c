// The remote side: the object as it was read in this run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "json/value.h"
#include "resolve/resolve.h"
#include "s3/object_store.h"
#include "sync/memory.h"
#include "sync/state.h"

namespace start_claude::sync {

struct RemoteCopy {
  bool exists = false;
  /// The read was answered with this (403): whether there is an object nobody here knows. Who goes
  /// on must say under which condition; see creation_guard.h.
  std::optional<Error> denied = {};
  base::SharedText text;
  s3::ETag etag;
  /// When its content was edited: local-modified where that is valid, else Last-Modified; nothing
  /// if neither is stated and can be.
  std::optional<UtcTime> modified;
  std::optional<UtcTime> last_modified;
  std::string writer;  ///< host name, empty if unknown
  /// How far it has seen each machine; empty: a foreign writer's, which says nothing of that.
  VersionVector clock;
  /// Without settings.s3Sync; nothing if absent or damaged.
  std::optional<json::Value> document = {};
  /// What the text says, settings.s3Sync included.
  json::Value as_read = {};
  std::string damage = {};
  /// It is there and was refused before it was read whole: `text` is empty.
  bool is_unread = false;
  /// What came need not be what is there: it is no document, and compressed, or not what its
  /// writer's checksum says. Who replaces it must mean it.
  bool may_be_altered = false;
  /// It did not change since the last sync: the text comes from the journal.
  bool is_remembered = false;
  /// False: nobody asked the store in this run, it is as an earlier one left it.
  bool was_read = true;
  /// Somebody uploaded settings.s3Sync with it, credentials included.
  bool had_s3_sync = false;

  std::string revision = {};  ///< empty if there is no document
  std::size_t entries = 0;
  std::size_t profiles = 0;

  resolve::Content content() const;
};

/// Makes sense of a whole object.
RemoteCopy remote_copy_of(s3::Object object);

/// What a GET without a condition, or with one that failed, says about the remote side.
RemoteCopy remote_copy_from(s3::GetOutcome outcome);

/// The object as it was at the last sync; `kept` is its content, from the journal.
RemoteCopy remembered_copy(const RemoteState& remembered, KeptContent kept);

/// Reads the object. With a remembered ETag whose content is in `memory` it asks only for news; an
/// unchanged object then comes from there.
Result<RemoteCopy> read_remote(s3::ObjectStore& store, const s3::ObjectLocation& location,
                               const RemoteState& remembered, const Memory& memory);

}  // namespace start_claude::sync
