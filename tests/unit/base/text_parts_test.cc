#include "base/text_parts.h"

#include <catch2/catch.hpp>

namespace start_claude::base {
namespace {

/// Long enough to be referred to rather than copied.
const std::string long_text(1000, 'x');

TEST_CASE("a text in parts reads like one put together by copying") {
  const SharedText shared("<" + long_text + "|" + long_text + ">");
  TextParts text;
  CHECK(text.empty());
  text.append("begin ").append(3, '.') += ' ';
  text.append(shared, shared.view().substr(0, 600));
  text.append(shared, shared.view().substr(600));
  text.append(shared, shared.view().substr(0, 5)) += " end";
  const std::string expected = "begin ... " + shared.str() + shared.str().substr(0, 5) + " end";
  CHECK(text.str() == expected);
  CHECK(text.size() == expected.size());
  CHECK(text.joined() == expected);
  std::string joined;
  for (const std::string_view piece : text.pieces()) joined += piece;
  CHECK(joined == expected);

  text.remove_prefix(8);
  CHECK(text.str() == expected.substr(8));
  text.remove_prefix(10);
  CHECK(text.str() == expected.substr(18));
  CHECK(text.size() == expected.size() - 18);
  CHECK(text.starts_with("xxx"));
  CHECK_FALSE(text.starts_with("xxx|"));
  CHECK_FALSE(TextParts().starts_with("x"));
}

TEST_CASE("long parts are not copied, and outlive whoever shared them") {
  auto shared = std::make_unique<SharedText>(long_text);
  const char* bytes = shared->data();
  TextParts text;
  text.append("a").append(*shared, *shared);
  const TextParts whole(*shared);
  shared.reset();
  REQUIRE(text.pieces().size() == 2);
  CHECK(text.pieces()[1].data() == bytes);
  CHECK(text.str() == "a" + long_text);
  CHECK(whole.joined().data() == bytes);
}

TEST_CASE("copies of a text share its bytes") {
  SharedText text(long_text);
  const SharedText copy = text;
  CHECK(copy.data() == text.data());
  text.clear();
  CHECK(text.empty());
  CHECK(copy == long_text);
  CHECK(SharedText::borrowed(long_text).data() == long_text.data());
}

}  // namespace
}  // namespace start_claude::base
