// When the local file was edited, as far as its mtime can tell, on the server's clock.
//
// An mtime of 1970 (no clock, an archive, a restored disk image) or of the future is no time: what
// only it could decide is asked about or held. And a time measured by a clock that is off is shown,
// but never written where others would believe it.
#pragma once

#include <optional>

#include "base/time.h"
#include "resolve/resolve.h"
#include "s3/object_store.h"

namespace start_claude::sync {

/// This machine's clock, and what it is beside the server's.
struct MeasuredClock {
  UtcTime now;
  s3::ClockSkew skew;

  resolve::TimeTrust trust() const;
  /// A time of this machine's, as the server's clock would have shown it.
  UtcTime at_server(UtcTime local) const;
};

/// Nothing if the mtime is none that a file can have been edited at.
std::optional<UtcTime> edit_time(UtcTime modified, const MeasuredClock& clock);

/// What may go into the object as local-modified: nothing by a clock that is not trusted. Where
/// nobody measured the clock in this run, an edit that seems older than what it was made over
/// (`made_over`) gives it away.
std::optional<UtcTime> stated_time(UtcTime modified, const MeasuredClock& clock,
                                   std::optional<UtcTime> made_over = {});

}  // namespace start_claude::sync
