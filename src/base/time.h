// Points in time, and the spellings of them that HTTP, SigV4, S3 metadata and JSON use.
//
// A value type only: nothing in here asks what time it is. Parsers are strict about what a date
// means and lenient about who wrote it (fractions of any length, "Z" or an offset).
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
/// space for the "T", the two other forms seen in tombstones. Nothing for anything else.
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

/// A span of time for people, two units at most: "1 d 15 h", "4 min 12 s", "18 s". Never negative.
std::string format_span(std::chrono::milliseconds span);

}  // namespace start_claude::base

namespace start_claude {
using base::UtcTime;
}  // namespace start_claude
