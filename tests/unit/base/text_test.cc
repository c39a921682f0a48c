#include "base/text.h"

#include <catch2/catch.hpp>

namespace start_claude::base {

using namespace std::string_literals;

/// The parts of a temporary string would be views of what is gone.
template <class Text>
concept splittable = requires(Text text) {
  split(std::forward<Text>(text), ',');
};
static_assert(splittable<std::string&> && splittable<const char*> && splittable<std::string_view>);
static_assert(!splittable<std::string>);

TEST_CASE("ASCII case is folded, and nothing else is") {
  CHECK(to_lower("AZaz[@`{09") == "azaz[@`{09");
  CHECK(fold_case("Größe ÄB") == "größe Äb");
  CHECK(equal_ignoring_case("Content-MD5", "content-md5"));
  CHECK_FALSE(equal_ignoring_case("ä", "Ä"));
  CHECK_FALSE(equal_ignoring_case("a", "ab"));
  CHECK_FALSE(equal_ignoring_case("@", "`"));  // 32 apart like a letter and its capital
}

TEST_CASE("trim takes blanks from both ends only") {
  struct Row {
    std::string_view text, trimmed;
  };
  const auto row = GENERATE(
      values<Row>({{"", ""}, {" \t\r\n", ""}, {" a b\r\n", "a b"}, {"\na", "a"}, {"a\v", "a\v"}}));
  CHECK(trim(row.text) == row.trimmed);
}

TEST_CASE("split and join undo each other") {
  using Parts = std::vector<std::string_view>;
  CHECK(split("", ',') == Parts{""});
  CHECK(split("a", ',') == Parts{"a"});
  CHECK(split(",a,,b,", ',') == Parts{"", "a", "", "b", ""});
  CHECK(join({}, ", ").empty());
  CHECK(join({"", "a", "", "b", ""}, ",") == ",a,,b,");
}

TEST_CASE("replace_all never looks at what it put in") {
  CHECK(replace_all("aXbX", "X", "XX") == "aXXbXX");
  CHECK(replace_all("aaa", "aa", "b") == "ba");
  CHECK(replace_all("abc", "abc", "").empty());
  CHECK(replace_all("abc", "", "x") == "abc");
  CHECK(replace_all("abc", "z", "x") == "abc");
}

TEST_CASE("parse_unsigned takes digits that fit, and nothing else") {
  CHECK(parse_unsigned("0") == 0U);
  CHECK(parse_unsigned("007") == 7U);
  CHECK(parse_unsigned("18446744073709551615") == 18446744073709551615U);
  for (const auto* text : {"", "-1", "+1", " 1", "1 ", "0x1", "1.0", "18446744073709551616",
                           "18446744073709551620", "99999999999999999999"}) {
    INFO(text);
    CHECK_FALSE(parse_unsigned(text));
  }
}

TEST_CASE("is_utf8 follows the table of RFC 3629") {
  for (const auto* text :
       {"", "a", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "größe \xF0\x9F\x94\x91"}) {
    INFO(text);
    CHECK(is_utf8(text));
  }
  for (const auto* text :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2z", "\xE0\x9F\xBF", "\xE0\xA0",
        "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF0\x90\x80", "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80", "\xFF", "\xC2\xC2\x80", "ok\xE2\x82"}) {
    INFO(text);
    CHECK_FALSE(is_utf8(text));
  }
  CHECK(is_utf8("\0"s));
}

TEST_CASE("printable leaves nothing that could act on a terminal") {
  struct Row {
    const char* what;
    std::string text, shown;
  };
  const auto row = GENERATE(values<Row>({
      {"plain", "größe 1", "größe 1"},
      {"escape sequence", "\x1B[2J", "?[2J"},
      {"line ends and NUL", "a\r\nb\0c"s, "a??b?c"},
      {"DEL", "a\x7F", "a?"},
      {"C1: a control sequence in one character",
       "\xC2\x9B"
       "31m",
       "?31m"},
      {"malformed bytes, one mark each", "\xFF\xE2\x82z", "???z"},
      {"line separator", "a\xE2\x80\xA8z", "a?z"},
      {"right-to-left override", "a\xE2\x80\xAEz", "a?z"},
      {"isolate", "a\xE2\x81\xA6z", "a?z"},
      {"right-to-left text itself", "\xD7\xA9\xD7\x9C", "\xD7\xA9\xD7\x9C"},
  }));
  INFO(row.what);
  CHECK(printable(row.text) == row.shown);
}

TEST_CASE("printable counts characters, not bytes, and says that it cut") {
  CHECK(printable("äöü", 3) == "äöü");
  CHECK(printable("äöüx", 3) == "äöü...");
  CHECK(printable("x", 0) == "...");
  CHECK(printable("", 0).empty());
}

TEST_CASE("characters that nobody sees are found") {
  struct Row {
    const char* text;
    std::optional<char32_t> found;
  };
  const auto row = GENERATE(values<Row>({{"", std::nullopt},
                                         {"plain text, \xC3\xA9 and \xE2\x80\xA2", std::nullopt},
                                         {"not UTF-8 \xFF\x80", std::nullopt},
                                         {"a\tb", 0x09},
                                         {"a\nb", 0x0A},
                                         {"a\xC2\xA0", 0xA0},
                                         {"\xEF\xBB\xBF"
                                          "a",
                                          0xFEFF},
                                         {"\xFF\xE2\x80\x8B", 0x200B},
                                         {"a\xF3\xA0\x81\x81", 0xE0041}}));
  CAPTURE(row.text);
  CHECK(base::first_invisible(row.text) == row.found);
}

TEST_CASE("counts and sizes read as a person would say them") {
  CHECK(count_of(0, "configuration") == "0 configurations");
  CHECK(count_of(1, "configuration") == "1 configuration");
  CHECK(count_of(2, "configuration") == "2 configurations");
  struct Row {
    std::uint64_t bytes;
    std::string_view shown;
  };
  const auto row = GENERATE(values<Row>({{0, "0 B"},
                                         {912, "912 B"},
                                         {999, "999 B"},
                                         {1000, "1.0 KB"},
                                         {1049, "1.0 KB"},
                                         {1050, "1.1 KB"},
                                         {999'949, "999.9 KB"},
                                         {999'950, "1.0 MB"},
                                         {3'400'000, "3.4 MB"},
                                         {999'950'000, "1.0 GB"},
                                         {18'446'744'073'709'551'615U, "18.4 EB"}}));
  CHECK(format_size(row.bytes) == row.shown);
}

}  // namespace start_claude::base
