#include "base/bytes.h"

#include <catch2/catch.hpp>

namespace start_claude::base {

using namespace std::string_literals;

TEST_CASE("hexadecimal there and back, for every byte") {
  CHECK(to_hex("\0\x0F\xF0\xFF"s) == "000ff0ff");
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
  CHECK(from_hex(to_hex(every_byte)) == every_byte);
  CHECK(from_hex("") == ""s);
  CHECK(from_hex("aBCd") == "\xAB\xCD"s);
  for (const auto* text : {"a", "abc", "0g", "g0", " 0", "0x"}) CHECK_FALSE(from_hex(text));
}

TEST_CASE("base64 gives the vectors of RFC 4648 section 10") {
  struct Row {
    std::string bytes, text;
  };
  const auto row = GENERATE(values<Row>({{"", ""},
                                         {"f", "Zg=="},
                                         {"fo", "Zm8="},
                                         {"foo", "Zm9v"},
                                         {"foob", "Zm9vYg=="},
                                         {"fooba", "Zm9vYmE="},
                                         {"foobar", "Zm9vYmFy"},
                                         {"\xFB\xFF\xBF\0"s, "+/+/AA=="}}));
  CHECK(to_base64(row.bytes) == row.text);
  CHECK(from_base64(row.text) == row.bytes);
}

TEST_CASE("base64 has one text for one meaning") {
  for (const char* text :
       {"Zg", "Zg=", "Z===", "Zh==", "Zm9=", "Zg==Zg==", "Zm 9", "Zm9v\n", "="}) {
    INFO(text);
    CHECK_FALSE(from_base64(text));
  }
}

}  // namespace start_claude::base
