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

constexpr UtcTime time_min{};
constexpr UtcTime time_max =
    std::chrono::sys_days{std::chrono::year{9999} / 12 / 31} + days{1} - milliseconds{1};

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

std::optional<UtcTime> within_range(UtcTime time) {
  if (time < time_min || time > time_max) return std::nullopt;
  return time;
}

/// Nothing for a date or time of day that does not exist.
std::optional<UtcTime> time_from(const Fields& fields) {
  const auto date = date_of(fields);
  if (!date.ok() || fields.hour > 23 || fields.minute > 59 || fields.second > 59) {
    return std::nullopt;
  }
  return std::chrono::sys_days{date} + hours{fields.hour} + minutes{fields.minute} +
         seconds{fields.second} + milliseconds{fields.millisecond};
}

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

/// Reads fixed-width fields from the front of a text; after the first mismatch nothing matches.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }
  bool finished() const { return ok_ && rest_.empty(); }
  char next() const { return rest_.empty() ? '\0' : rest_.front(); }

  /// One character out of `choices`.
  Scanner& expect(std::string_view choices) {
    ok_ = ok_ && !rest_.empty() && choices.find(rest_.front()) != std::string_view::npos;
    if (ok_) rest_.remove_prefix(1);
    return *this;
  }

  Scanner& digits(std::size_t width, int& value) {
    const auto number = parse_unsigned(rest_.substr(0, width));
    ok_ = ok_ && rest_.size() >= width && number.has_value();
    if (!ok_) return *this;
    value = static_cast<int>(*number);
    rest_.remove_prefix(width);
    return *this;
  }

  /// One of `names`; its place, counted from 0, goes into `index`.
  template <std::size_t count>
  Scanner& name(const std::array<std::string_view, count>& names, int& index) {
    const auto found = std::find_if(names.begin(), names.end(), [this](std::string_view known) {
      return rest_.substr(0, known.size()) == known;
    });
    ok_ = ok_ && found != names.end();
    if (!ok_) return *this;
    index = static_cast<int>(found - names.begin());
    rest_.remove_prefix(found->size());
    return *this;
  }

  /// "." and one or more digits, if there is a "."; the first three count.
  Scanner& optional_fraction(int& millisecond) {
    if (next() != '.') return *this;
    expect(".");
    int scale = 100;
    std::size_t count = 0;
    for (; count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9'; ++count) {
      millisecond += (rest_[count] - '0') * scale;
      scale /= 10;
    }
    ok_ = ok_ && count > 0;
    rest_.remove_prefix(count);
    return *this;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

/// "Z", "+01:00" or nothing at all; nothing is UTC.
std::optional<minutes> scan_zone(Scanner& scanner) {
  if (scanner.finished()) return minutes{0};
  const char sign = scanner.next();
  if (sign == 'Z' || sign == 'z') {
    scanner.expect("Zz");
    return minutes{0};
  }
  int hour = 0;
  int minute = 0;
  scanner.expect("+-").digits(2, hour).expect(":").digits(2, minute);
  if (!scanner.ok() || hour > 23 || minute > 59) return std::nullopt;
  const minutes offset = hours{hour} + minutes{minute};
  return sign == '-' ? -offset : offset;
}

}  // namespace

std::string format_rfc3339(UtcTime time) {
  const auto fields = shown_fields_of(time);
  return format_day(fields, "-") + 'T' + format_clock(fields, ":") + '.' +
         padded(fields.millisecond, 3) + 'Z';
}

std::optional<UtcTime> parse_rfc3339(std::string_view text) {
  Fields f;
  Scanner scanner(text);
  scanner.digits(4, f.year).expect("-").digits(2, f.month).expect("-").digits(2, f.day);
  scanner.expect("Tt ");
  scanner.digits(2, f.hour).expect(":").digits(2, f.minute).expect(":").digits(2, f.second);
  scanner.optional_fraction(f.millisecond);
  const auto offset = scan_zone(scanner);
  const auto local = time_from(f);
  if (!scanner.finished() || !offset || !local) return std::nullopt;
  return within_range(*local - *offset);
}

std::string format_http_date(UtcTime time) {
  const auto f = shown_fields_of(time);
  const std::chrono::weekday weekday{std::chrono::sys_days{date_of(f)}};
  std::string text{weekday_names[weekday.c_encoding()]};
  text.append(", ").append(padded(f.day, 2)).append(" ");
  text.append(month_names[static_cast<std::size_t>(f.month - 1)]).append(" ");
  return text + padded(f.year, 4) + ' ' + format_clock(f, ":") + " GMT";
}

std::optional<UtcTime> parse_http_date(std::string_view text) {
  Fields f;
  int weekday = 0;
  Scanner scanner(text);
  scanner.name(weekday_names, weekday).expect(",").expect(" ");
  scanner.digits(2, f.day).expect(" ").name(month_names, f.month).expect(" ");
  scanner.digits(4, f.year).expect(" ");
  scanner.digits(2, f.hour).expect(":").digits(2, f.minute).expect(":").digits(2, f.second);
  scanner.expect(" ").expect("G").expect("M").expect("T");
  ++f.month;
  const auto time = time_from(f);
  if (!scanner.finished() || !time) return std::nullopt;
  const std::chrono::weekday actual{std::chrono::sys_days{date_of(f)}};
  if (actual.c_encoding() != static_cast<unsigned>(weekday)) return std::nullopt;
  return within_range(*time);
}

std::string format_amz_date(UtcTime time) {
  const auto fields = shown_fields_of(time);
  return format_day(fields, "") + 'T' + format_clock(fields, "") + 'Z';
}

std::optional<UtcTime> parse_amz_date(std::string_view text) {
  Fields f;
  Scanner scanner(text);
  scanner.digits(4, f.year).digits(2, f.month).digits(2, f.day).expect("T");
  scanner.digits(2, f.hour).digits(2, f.minute).digits(2, f.second).expect("Z");
  const auto time = time_from(f);
  if (!scanner.finished() || !time) return std::nullopt;
  return within_range(*time);
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
