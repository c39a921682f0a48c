#include "base/time.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace start_claude::base {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::string_view, 7> weekday_names = {"Sun", "Mon", "Tue", "Wed",
                                                           "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> month_names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// A point in time taken apart as a calendar and a clock on the wall show it.
struct Fields {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int millisecond = 0;
};

std::chrono::year_month_day date_of(const Fields& fields) {
  return std::chrono::year{fields.year} / fields.month / fields.day;
}

Fields fields_of(UtcTime time) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  return {.year = int{date.year()},
          .month = static_cast<int>(unsigned{date.month()}),
          .day = static_cast<int>(unsigned{date.day()}),
          .hour = static_cast<int>(clock.hours().count()),
          .minute = static_cast<int>(clock.minutes().count()),
          .second = static_cast<int>(clock.seconds().count()),
          .millisecond = static_cast<int>(clock.subseconds().count())};
}

Fields shown_fields_of(UtcTime time) { return fields_of(std::clamp(time, time_min, time_max)); }

std::string padded(int value, std::size_t width) {
  std::string digits = std::to_string(value);
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return digits;
}

std::string format_day(const Fields& f, std::string_view separator) {
  std::string text = padded(f.year, 4);
  text.append(separator).append(padded(f.month, 2));
  return text.append(separator).append(padded(f.day, 2));
}

std::string format_clock(const Fields& f, std::string_view separator) {
  std::string text = padded(f.hour, 2);
  text.append(separator).append(padded(f.minute, 2));
  return text.append(separator).append(padded(f.second, 2));
}

}  // namespace

std::string format_rfc3339(UtcTime time) {
  const auto fields = shown_fields_of(time);
  return format_day(fields, "-") + 'T' + format_clock(fields, ":") + '.' +
         padded(fields.millisecond, 3) + 'Z';
}

std::string format_http_date(UtcTime time) {
  const auto f = shown_fields_of(time);
  const std::chrono::weekday weekday{std::chrono::sys_days{date_of(f)}};
  std::string text{weekday_names[weekday.c_encoding()]};
  text.append(", ").append(padded(f.day, 2)).append(" ");
  text.append(month_names[static_cast<std::size_t>(f.month - 1)]).append(" ");
  return text + padded(f.year, 4) + ' ' + format_clock(f, ":") + " GMT";
}

std::string format_amz_date(UtcTime time) {
  const auto fields = shown_fields_of(time);
  return format_day(fields, "") + 'T' + format_clock(fields, "") + 'Z';
}

std::string format_amz_day(UtcTime time) { return format_day(shown_fields_of(time), ""); }

std::string format_local(UtcTime time, minutes offset) {
  const auto fields = fields_of(std::clamp(time, time_min, time_max) + offset);
  const auto distance = static_cast<int>(std::chrono::abs(offset).count());
  return format_day(fields, "-") + ' ' + format_clock(fields, ":") +
         (offset < minutes{0} ? " -" : " +") + padded(distance / 60, 2) + padded(distance % 60, 2);
}

std::string format_span(milliseconds span) {
  // The most negative number has no absolute value.
  span = std::chrono::abs(std::max(span, -milliseconds::max()));
  const auto text = [](auto count, std::string_view unit) {
    return std::to_string(count.count()).append(" ").append(unit);
  };
  const auto whole_days = std::chrono::floor<days>(span);
  const auto whole_hours = std::chrono::floor<hours>(span);
  const auto whole_minutes = std::chrono::floor<minutes>(span);
  const auto whole_seconds = std::chrono::floor<seconds>(span);
  if (span >= hours{36}) {
    return text(whole_days, "d ") + text(whole_hours - whole_days, "h");
  }
  if (span >= hours{1}) {
    return text(whole_hours, "h ") + text(whole_minutes - whole_hours, "min");
  }
  if (span >= minutes{10}) return text(whole_minutes, "min");
  if (span >= minutes{1}) {
    return text(whole_minutes, "min ") + text(whole_seconds - whole_minutes, "s");
  }
  return text(whole_seconds, "s");
}

}  // namespace start_claude::base
