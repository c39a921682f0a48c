// Mistakes an engine could make, each made on its behalf by a layer below it: a store or a file
// system that does what the mistaken engine would have asked for. If the simulation does not find
// one of them, it would not find the real mistake either.
#pragma once

#include <array>
#include <string_view>

namespace start_claude::simulation {

enum class Mistake {
  none,
  condition_dropped,       ///< PUT without its condition
  stale_etag,              ///< If-Match on an ETag asked for just before, not on the bytes merged
  lost_race_overlooked,    ///< 412 taken for success
  failed_get_is_absent,    ///< an error taken for "nothing there"
  denied_get_is_absent,    ///< a 403 taken for "nothing there"
  clock_ignored,           ///< the remote's clock is not looked at
  clock_not_joined,        ///< an upload's clock lacks what others had seen
  clock_cut_in_secret,     ///< an entry is dropped for room, and nothing says so
  newest_base,             ///< the base is the newest content here, whatever its clock
  lost_answer_is_success,  ///< no answer taken for success, not settled by reading
  secrets_uploaded,        ///< settings.s3Sync goes into the object
  fingerprint_unchecked,   ///< the local file is replaced whatever has become of it
  journal_after_deed,      ///< the journal is written at the end of the run
  journal_not_synced,      ///< the journal is never fsynced
  done_before_deed,        ///< the journal says done before the local file holds it
  written_in_place,        ///< config.json is written where it is, not beside and renamed
  content_not_synced,      ///< a temporary file is renamed without its fsync
  edit_not_synced,         ///< what an editor saved is remembered before it is on the disk
  folder_not_synced,       ///< a folder is never fsynced
  displaced_unchecked,     ///< what comes out of the exchange is not looked at
  displaced_forgotten,     ///< what a run that was cut off left of an exchange is not looked at
  condition_mismeasured,   ///< a store that ignores conditions is taken for one that honours them
};

}  // namespace start_claude::simulation
