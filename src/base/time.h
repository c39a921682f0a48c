// Points in time, and the spellings of them that HTTP, SigV4, S3 metadata and JSON use.
//
// A value type only: nothing in here asks what time it is. Parsers are strict about what a date
// means (no February 30, no second 60, no wrong day of the week) and lenient about who wrote it
// (fractions of any length, "Z" or an offset). The years are 1970 to 9999: parsers refuse others,
// formatters show the nearest end of that range.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace start_claude::base {

/// Milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
using UtcTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// RFC 3339 with milliseconds and Z: "2026-11-22T08:14:03.250Z".
std::string format_rfc3339(UtcTime time);
/// RFC 3339, any fraction, "Z" or a numeric offset; also without a zone (taken as UTC) and with a
/// space for the "T", the two other forms seen in tombstones. Digits below the millisecond are cut
/// off. Nothing for anything else.
std::optional<UtcTime> parse_rfc3339(std::string_view text);

/// IMF-fixdate of RFC 9110 section 5.6.7: "Sun, 22 Nov 2026 08:14:03 GMT".
std::string format_http_date(UtcTime time);
/// IMF-fixdate only; the obsolete forms are not sent by any S3 store.
std::optional<UtcTime> parse_http_date(std::string_view text);

/// The basic form SigV4 uses: "20261122T081403Z".
std::string format_amz_date(UtcTime time);
std::optional<UtcTime> parse_amz_date(std::string_view text);
/// The date part of the SigV4 scope: "20261122".
std::string format_amz_day(UtcTime time);

/// Local time with its offset, for people: "2026-11-22 09:14:03 +0100".
std::string format_local(UtcTime time, std::chrono::minutes offset);

/// A span of time for people, whatever its sign: "18 s", "4 min 12 s", "12 min", "3 h 5 min",
/// "24 h 0 min", "1 d 15 h". Cut off, never rounded up. Seconds are shown below 10 min, where the
/// limits of 30 s and 5 min matter; days from 36 h on, so that "a day off" reads as 24 h.
std::string format_span(std::chrono::milliseconds span);

}  // namespace start_claude::base

namespace start_claude {
using base::UtcTime;
}  // namespace start_claude
