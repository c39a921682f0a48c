// Points in time, and the spellings of them that HTTP, SigV4, S3 metadata and JSON use.
//
// A value type only: nothing in here asks what time it is. Reading is strict about what a date
// means (no February 30, no second 60) and lenient about who wrote it (every form of RFC 9110 and
// RFC 3339, a wrong weekday, any case). The years are 1970 to 9999: parsers refuse others,
// formatters show the nearest end of that range. A time nobody stated is std::optional without a
// value, never 1970.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace start_claude::base {

/// Milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
using UtcTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// 1970 to 9999.
inline constexpr UtcTime time_min{};
inline constexpr UtcTime time_max = std::chrono::sys_days{std::chrono::year{9999} / 12 / 31} +
                                    std::chrono::days{1} - std::chrono::milliseconds{1};

/// Nothing in a bucket is older than S3 itself: an earlier time is that of a clock nobody set.
inline constexpr UtcTime plausible_min = std::chrono::sys_days{std::chrono::year{2006} / 1 / 1};
/// How far a time may lie ahead of `now`, for the clocks that measured the two.
inline constexpr std::chrono::minutes plausible_ahead_max{5};
/// `time`, if something may have happened then; nothing, as for no time, if it is before 2006 or
/// more than 5 minutes after `now`.
std::optional<UtcTime> plausible(std::optional<UtcTime> time, UtcTime now);

/// What HTTP, S3 and JSON write: all three forms of RFC 9110 section 5.6.7 (IMF-fixdate, RFC 850,
/// asctime) and RFC 3339, with any fraction, in any case, the day in one digit or two, "Z", "GMT",
/// "UTC" or an offset (+01:00, +0100, +01); without a zone it is UTC. The weekday is not looked at.
/// Digits below the millisecond are cut off. Nothing for anything else.
std::optional<UtcTime> parse_time(std::string_view text);

/// RFC 3339 with milliseconds and Z: "2026-11-22T08:14:03.250Z".
std::string format_rfc3339(UtcTime time);

/// IMF-fixdate of RFC 9110 section 5.6.7: "Sun, 22 Nov 2026 08:14:03 GMT".
std::string format_http_date(UtcTime time);

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
