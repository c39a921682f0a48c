#include "s3/key_text.h"

#include <catch2/catch.hpp>

namespace start_claude::s3 {
namespace {

TEST_CASE("what clings to a pasted key is named, and nothing of the key is") {
  const auto [value, problem] = GENERATE(table<std::string, std::string>({
      {"AKIAEXAMPLE", ""},
      {"gQ4+YC530sBa8qZI6WcbUbtH8oar0/ex=", ""},
      {"tenant$user", ""},
      {"a b", ""},
      {"\u043a\u043b\u044e\u0447", ""},
      {"it's", ""},
      {"\"AKIAEXAMPLE\"", "has quotes around it"},
      {"'AKIAEXAMPLE'", "has quotes around it"},
      {"`AKIAEXAMPLE`", "has quotes around it"},
      {"\u201cAKIAEXAMPLE\u201d", "has quotes around it"},
      {"\u2018AKIAEXAMPLE\u2019", "has quotes around it"},
      {"AKIA\nEXAMPLE", "has a line break in it"},
      {"\u00a0AKIAEXAMPLE", "has an invisible character in it (U+00A0)"},
      {"AKIAEXAMPLE\u200b", "has an invisible character in it (U+200B)"},
      {"AKIAEXAMPLE\ufeff", "has an invisible character in it (U+FEFF)"},
      {"AKIA\tEXAMPLE", "has an invisible character in it (U+0009)"},
  }));
  INFO(value);
  const auto checked = check_key_texts({{"ID", "fine"}, {"SECRET", value}});
  if (problem.empty()) {
    CHECK(checked);
    return;
  }
  REQUIRE_FALSE(checked);
  CHECK(checked.error().kind == ErrorKind::not_configured);
  CHECK(checked.error().message == "SECRET " + problem);
}

}  // namespace
}  // namespace start_claude::s3
