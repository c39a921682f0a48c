#include "s3/ini_file.h"

#include <catch2/catch.hpp>

namespace start_claude::s3 {
namespace {

using Sections = std::vector<IniSection>;

TEST_CASE("INI: sections and properties as people write them") {
  struct Row {
    std::string shows, text;
    Sections sections;
  };
  const Row rows[] = {
      {"nothing", "", {}},
      {"only comments", "# one\n  ; two\n\n", {}},
      {"a profile",
       "[profile team]\nregion = eu-west-1\n",
       {{"profile", "team", {{"region", "eu-west-1"}}}}},
      {"names in any case, values as they are",
       "[Default]\nREGION=eu-West-1",
       {{"", "Default", {{"region", "eu-West-1"}}}}},
      {"blanks everywhere, and CRLF",
       "[ profile \t team ] \r\n region \t= x \r\n",
       {{"profile", "team", {{"region", "x"}}}}},
      {"a name in quotes",
       "[profile \"my team\"]\n[services 'x']",
       {{"profile", "my team"}, {"services", "x"}}},
      {"comments behind things",
       "[a] # b\nx = 1 # one\ny = 2 ; two\nz = # nothing\ncolour = #fff",
       {{"", "a", {{"x", "1"}, {"y", "2"}, {"z", ""}, {"colour", ""}}}}},
      {"no comment without a blank before it", "[a]\nx = 1#2;3", {{"", "a", {{"x", "1#2;3"}}}}},
      {"= in values", "[a]\nsecret = ab/+c==", {{"", "a", {{"secret", "ab/+c=="}}}}},
      {"nested properties",
       "[services lan]\ns3 =\n  endpoint_url = http://s3.lan\n\n  # and\n  x = y\nsts =\n",
       {{"services",
         "lan",
         {{"s3", "", {{"endpoint_url", "http://s3.lan"}, {"x", "y"}}}, {"sts", ""}}}}},
      {"a value that goes on", "[a]\nx = 1\n  2\ny = 3", {{"", "a", {{"x", "1\n2"}, {"y", "3"}}}}},
      {"all of it indented",
       "  [a]\n  x = 1\n  y = 2\n  [b]\n    x = 3\n    y = 4",
       {{"", "a", {{"x", "1"}, {"y", "2"}}}, {"", "b", {{"x", "3"}, {"y", "4"}}}}},
      {"a section twice",
       "[a]\nx = 1\n[a]\ny = 2",
       {{"", "a", {{"x", "1"}}}, {"", "a", {{"y", "2"}}}}},
      {"a colon, as Python's reader takes it",
       "[a]\nx: 1\ny : a=b\nurl = http://h:1\ns3 :\n  z: 2",
       {{"", "a", {{"x", "1"}, {"y", "a=b"}, {"url", "http://h:1"}, {"s3", "", {{"z", "2"}}}}}}},
      {"a byte order mark", "\xEF\xBB\xBF[a]\nx = 1", {{"", "a", {{"x", "1"}}}}},
  };
  for (const Row& row : rows) {
    INFO(row.shows);
    const auto parsed = parse_ini(row.text);
    REQUIRE(parsed);
    CHECK(*parsed == row.sections);
  }
}

TEST_CASE("INI: what is wrong is said with its line, never with its text") {
  const auto [text, message] = GENERATE(table<std::string, std::string>({
      {"[a]\nx = 1\nsecret", "line 3 is not NAME = VALUE"},
      {"[a]\n= secret", "line 2 is not NAME = VALUE"},
      {"[a]\ns3 =\n  secret", "line 3 is not NAME = VALUE"},
      {"[a]\naws_access_key_id = x\n  secret = y",
       "line 3 is indented, which adds it to aws_access_key_id above"},
      {"x = secret\n[a]", "line 1 stands before any [section]"},
      {"\n[secret", "line 2 has a [ without its ]"},
      {"[a] secret", "line 1 goes on behind the ]"},
      {"[ ]", "line 1 names no section"},
      {"[profile \"\"]", "line 1 names no section"},
  }));
  INFO(text);
  const auto parsed = parse_ini(text);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().kind == ErrorKind::not_configured);
  CHECK(parsed.error().message == message);
}

TEST_CASE("INI: the last property of a name counts, an empty one says nothing") {
  const auto parsed = parse_ini("[a]\nx = 1\nx = 2\nempty =\ns3 =\n  region = y\n");
  REQUIRE(parsed);
  const auto& properties = parsed->front().properties;
  CHECK(find_value(properties, "x") == "2");
  CHECK_FALSE(find_value(properties, "empty"));
  CHECK_FALSE(find_value(properties, "missing"));
  const auto* nested = find_nested(properties, "s3");
  REQUIRE(nested != nullptr);
  CHECK(find_value(*nested, "region") == "y");
  CHECK(find_nested(properties, "missing") == nullptr);
}

}  // namespace
}  // namespace start_claude::s3
