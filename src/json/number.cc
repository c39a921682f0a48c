#include "json/number.h"

#include <algorithm>
#include <cstddef>

namespace start_claude::json {
namespace {

constexpr std::size_t plain_digits_max = 40;
constexpr std::size_t plain_zeros_max = 7;  // after the point, in front of the first digit

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t digits_end(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

/// A number in its parts, as views into the spelling: [-] whole [. fraction] [e exponent].
struct Parts {
  bool valid = false;
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  bool exponent_negative = false;
  std::string_view exponent;
};

Parts split_number(std::string_view text) {
  Parts parts;
  std::size_t at = 0;
  if (at < text.size() && text[at] == '-') {
    parts.negative = true;
    ++at;
  }
  std::size_t end = digits_end(text, at);
  parts.whole = text.substr(at, end - at);
  if (parts.whole.empty() || (parts.whole.size() > 1 && parts.whole[0] == '0')) return parts;
  at = end;
  if (at < text.size() && text[at] == '.') {
    end = digits_end(text, ++at);
    parts.fraction = text.substr(at, end - at);
    if (parts.fraction.empty()) return parts;
    at = end;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) {
      parts.exponent_negative = text[at] == '-';
      ++at;
    }
    end = digits_end(text, at);
    parts.exponent = text.substr(at, end - at);
    if (parts.exponent.empty()) return parts;
    at = end;
  }
  parts.valid = at == text.size();
  return parts;
}

/// A whole number of any length: a sign, and digits without leading zeros ("" is 0).
struct Whole {
  bool negative = false;
  std::string digits;
};

Whole whole_from(bool negative, std::string_view digits) {
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return {negative && !digits.empty(), std::string(digits)};
}

/// The digits of a + b.
std::string sum_of(std::string a, std::string_view b) {
  if (a.size() < b.size()) a.insert(0, b.size() - a.size(), '0');
  int carry = 0;
  for (std::size_t i = 0; i < a.size() && (i < b.size() || carry != 0); ++i) {
    char& digit = a[a.size() - 1 - i];
    const int sum = (digit - '0') + carry + (i < b.size() ? b[b.size() - 1 - i] - '0' : 0);
    digit = static_cast<char>('0' + sum % 10);
    carry = sum / 10;
  }
  if (carry != 0) a.insert(a.begin(), '1');
  return a;
}

/// The digits of a - b; a is not less than b.
std::string difference_of(std::string a, std::string_view b) {
  int borrow = 0;
  for (std::size_t i = 0; i < a.size() && (i < b.size() || borrow != 0); ++i) {
    char& digit = a[a.size() - 1 - i];
    const int rest = (digit - '0') - borrow - (i < b.size() ? b[b.size() - 1 - i] - '0' : 0);
    borrow = rest < 0 ? 1 : 0;
    digit = static_cast<char>('0' + rest + 10 * borrow);
  }
  return a;
}

bool less(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

Whole add(const Whole& a, const Whole& b) {
  if (a.negative == b.negative) return {a.negative, sum_of(a.digits, b.digits)};
  if (less(a.digits, b.digits)) {
    return whole_from(b.negative, difference_of(b.digits, a.digits));
  }
  return whole_from(a.negative, difference_of(a.digits, b.digits));
}

/// `digits` without outer zeros, times ten to `exponent` with the point after the first digit.
std::string spell(const std::string& digits, const Whole& exponent) {
  constexpr std::size_t small_digits = 2;  // what both plain limits fit into
  if (exponent.digits.size() <= small_digits) {
    const std::size_t power = exponent.digits.empty() ? 0 : std::stoul(exponent.digits);
    if (exponent.negative && power <= plain_zeros_max) {
      return "0." + std::string(power - 1, '0') + digits;
    }
    if (!exponent.negative && power < plain_digits_max) {
      if (digits.size() <= power + 1) return digits + std::string(power + 1 - digits.size(), '0');
      return digits.substr(0, power + 1) + '.' + digits.substr(power + 1);
    }
  }
  std::string text = digits.substr(0, 1);
  if (digits.size() > 1) text.append(1, '.').append(digits, 1);
  return text + (exponent.negative ? "e-" : "e") + exponent.digits;
}

}  // namespace

bool is_number(std::string_view text) { return split_number(text).valid; }

std::string normal_number(std::string_view spelling) {
  const Parts parts = split_number(spelling);
  if (!parts.valid) return std::string(spelling);
  const bool plain_integer = parts.fraction.empty() && parts.exponent.empty() &&
                             parts.whole.size() <= plain_digits_max && parts.whole != "0";
  if (plain_integer) return std::string(spelling);  // nearly all there are
  std::string digits = std::string(parts.whole).append(parts.fraction);
  const std::size_t first = digits.find_first_not_of('0');
  if (first == std::string::npos) return "0";
  const std::size_t last = digits.find_last_not_of('0');
  digits = digits.substr(first, last + 1 - first);

  // The point stands after the whole part; it moves to after the first digit that is not 0.
  const bool moves_right = first >= parts.whole.size();
  const std::size_t moves =
      moves_right ? first + 1 - parts.whole.size() : parts.whole.size() - 1 - first;
  const Whole exponent = add(whole_from(parts.exponent_negative, parts.exponent),
                             whole_from(moves_right, std::to_string(moves)));
  return (parts.negative ? "-" : "") + spell(digits, exponent);
}

}  // namespace start_claude::json
