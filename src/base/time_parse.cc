// Reading times: one grammar for what HTTP headers, metadata, JSON and XML hold.
//
//   [weekday[,]] day-or-month … year clock [zone]      RFC 9110 section 5.6.7, all three forms
//   YYYY-MM-DD(T| )HH:MM:SS[.fraction][zone]           RFC 3339, ISO 8601
// A weekday adds nothing to a date, so a wrong one takes nothing away.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/time.h"

namespace start_claude::base {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::string_view, 12> month_names = {"jan", "feb", "mar", "apr", "may", "jun",
                                                          "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> weekday_names = {"mon", "tue", "wed", "thu",
                                                           "fri", "sat", "sun"};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// A point in time as it is written: a calendar, a clock on the wall, and its distance from UTC.
struct Written {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int millisecond = 0;
  minutes offset{0};
};

/// Nothing for a date or time of day that does not exist, or lies outside the years we know.
std::optional<UtcTime> time_from(const Written& w) {
  const auto date = std::chrono::year{w.year} / w.month / w.day;
  if (!date.ok() || w.hour > 23 || w.minute > 59 || w.second > 59) return std::nullopt;
  const UtcTime time = std::chrono::sys_days{date} + hours{w.hour} + minutes{w.minute} +
                       seconds{w.second} + milliseconds{w.millisecond} - w.offset;
  if (time < time_min || time > time_max) return std::nullopt;
  return time;
}

/// Reads fields from the front of a text; after the first mismatch nothing matches.
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

  /// Any number of characters out of `choices`, also none.
  Scanner& skip(std::string_view choices) {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(choices), rest_.size()));
    return *this;
  }

  Scanner& digits(std::size_t width, int& value) {
    ok_ = ok_ && count_digits() >= width;
    return take_digits(width, value);
  }

  /// As many digits as there are, one or two.
  Scanner& one_or_two_digits(int& value) {
    const std::size_t count = count_digits();
    ok_ = ok_ && count >= 1 && count <= 2;
    return take_digits(count, value);
  }

  /// Four digits; two mean the century that makes it 1970 to 2069.
  Scanner& year(int& value) {
    const std::size_t count = count_digits();
    ok_ = ok_ && (count == 4 || count == 2);
    take_digits(count, value);
    if (ok_ && count == 2) value += value < 70 ? 2000 : 1900;
    return *this;
  }

  /// Letters, in lower case; empty if there are none.
  std::string word() {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_letter);
    const auto count = static_cast<std::size_t>(end - rest_.begin());
    std::string letters = to_lower(rest_.substr(0, count));
    rest_.remove_prefix(count);
    return letters;
  }

  /// The name of a month, short or in full.
  Scanner& month(int& value) {
    const std::string name = word();
    const auto found = std::find(month_names.begin(), month_names.end(), name.substr(0, 3));
    ok_ = ok_ && found != month_names.end();
    if (ok_) value = static_cast<int>(found - month_names.begin()) + 1;
    return *this;
  }

  /// "." and one or more digits, if there is a "."; the first three count.
  Scanner& optional_fraction(int& millisecond) {
    if (next() != '.' && next() != ',') return *this;
    expect(".,");
    int scale = 100;
    const std::size_t count = count_digits();
    for (std::size_t i = 0; i < count; ++i) {
      millisecond += (rest_[i] - '0') * scale;
      scale /= 10;
    }
    ok_ = ok_ && count > 0;
    rest_.remove_prefix(count);
    return *this;
  }

  Scanner& clock(Written& w) {
    one_or_two_digits(w.hour).expect(":").digits(2, w.minute).expect(":").digits(2, w.second);
    return optional_fraction(w.millisecond);
  }

  /// "Z", "GMT", "UTC", "+01:00", "+0100", "+01", or nothing at all, which is UTC.
  Scanner& zone(minutes& offset) {
    skip(" ");
    if (is_letter(next())) {
      const std::string name = word();
      ok_ = ok_ && (name == "z" || name == "gmt" || name == "utc" || name == "ut");
      return *this;
    }
    const char sign = next();
    if (sign != '+' && sign != '-') return *this;
    int hour = 0;
    int minute = 0;
    expect("+-").digits(2, hour);
    if (next() == ':')
      expect(":").digits(2, minute);
    else if (is_digit(next()))
      digits(2, minute);
    ok_ = ok_ && hour <= 23 && minute <= 59;
    offset = (sign == '-' ? -1 : 1) * (hours{hour} + minutes{minute});
    return *this;
  }

 private:
  std::size_t count_digits() const {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_digit);
    return static_cast<std::size_t>(end - rest_.begin());
  }

  Scanner& take_digits(std::size_t count, int& value) {
    if (!ok_) return *this;
    value = static_cast<int>(parse_unsigned(rest_.substr(0, count)).value_or(0));
    rest_.remove_prefix(count);
    return *this;
  }

  std::string_view rest_;
  bool ok_ = true;
};

Written written_in_digits(Scanner& scanner) {
  Written w;
  scanner.digits(4, w.year).expect("-").digits(2, w.month).expect("-").digits(2, w.day);
  scanner.expect("Tt ").clock(w).zone(w.offset);
  return w;
}

/// "22 Nov 2026 08:14:03 GMT", "22-Nov-26 08:14:03 GMT": IMF-fixdate and RFC 850 after the weekday.
Written written_day_first(Scanner& scanner) {
  Written w;
  scanner.one_or_two_digits(w.day).skip(" -").month(w.month).skip(" -").year(w.year);
  scanner.expect(" ").skip(" ").clock(w).zone(w.offset);
  return w;
}

/// "Nov 22 08:14:03 2026": asctime after the weekday; `date` has a zone before the year.
Written written_month_first(Scanner& scanner) {
  Written w;
  scanner.month(w.month).expect(" ").skip(" ").one_or_two_digits(w.day).expect(" ").skip(" ");
  scanner.clock(w).expect(" ").zone(w.offset).skip(" ").digits(4, w.year);
  return w;
}

bool is_weekday(std::string_view word) {
  return std::find(weekday_names.begin(), weekday_names.end(), word.substr(0, 3)) !=
         weekday_names.end();
}

}  // namespace

std::optional<UtcTime> parse_time(std::string_view text) {
  text = trim(text);
  Scanner scanner(text);
  Scanner after_weekday(text);
  if (is_weekday(after_weekday.word())) {
    after_weekday.skip(",").skip(" ");
    scanner = after_weekday;
  }
  const bool in_digits = text.size() > 4 && is_digit(text[0]) && text[4] == '-';
  const Written w = in_digits                   ? written_in_digits(scanner)
                    : is_letter(scanner.next()) ? written_month_first(scanner)
                                                : written_day_first(scanner);
  if (!scanner.finished()) return std::nullopt;
  return time_from(w);
}

std::optional<UtcTime> parse_amz_date(std::string_view text) {
  Written w;
  Scanner scanner(text);
  scanner.digits(4, w.year).digits(2, w.month).digits(2, w.day).expect("T");
  scanner.digits(2, w.hour).digits(2, w.minute).digits(2, w.second).expect("Z");
  if (!scanner.finished()) return std::nullopt;
  return time_from(w);
}

std::optional<UtcTime> plausible(std::optional<UtcTime> time, UtcTime now) {
  if (!time || *time < plausible_min || *time > now + plausible_ahead_max) return std::nullopt;
  return time;
}

}  // namespace start_claude::base
