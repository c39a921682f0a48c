#include "s3/signature_difference.h"

#include <catch2/catch.hpp>

#include "s3/sigv4.h"
#include "unit/s3/store_fixture.h"

namespace start_claude::s3 {
namespace {

TEST_CASE("the first line that differs is shown, of both sides") {
  CHECK(explain_signature("GET\n/a%2Bb\n\nhost:h", "GET\n/a b\n\nhost:h") ==
        "line 2 of what is signed: here /a%2Bb, at the server /a b");
  CHECK(explain_signature("GET\n/a\nhost:h", "GET\n/a") ==
        "line 3 of what is signed: here host:h, at the server nothing");
  CHECK(explain_signature("GET\n/a", "GET\r\n/a") ==
        "the server signed the same text, so the secret access key is wrong");
}

TEST_CASE("neither secrets nor control characters get out") {
  const std::string said =
      explain_signature("x-amz-security-token:abcdefghijklmnopqrstuvwx1234",
                        "x-amz-security-token:abcdefghijklmnopqrstuvwx1234,\x1b[31m");
  CHECK_THAT(said, Catch::Contains("here x-amz-security-token:****1234"));
  CHECK_THAT(said, !Catch::Contains("mnop") && !Catch::Contains("\x1b"));
}

TEST_CASE("a store that says what it signed is compared with what was sent") {
  StoreFixture fixture;
  auto store = fixture.store();
  const auto refused_with = [&](const std::string& canonical) {
    fixture.transport.answer(support::s3_error(
        403, "SignatureDoesNotMatch", "<CanonicalRequest>" + canonical + "</CanonicalRequest>"));
    const auto outcome = store.get(config_object, std::nullopt);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().message == "the secret access key is wrong (403 SignatureDoesNotMatch)");
    return fixture.reports.back().signature;
  };
  CHECK_THAT(refused_with("GET\n/team/other.json\n"),
             Catch::StartsWith("line 2 of what is signed: here /team/config.json, at the server "
                               "/team/other.json"));
  // The clock stands still, so the next request is signed over the same text.
  CHECK_THAT(refused_with(canonical_request(fixture.sent(0)).text),
             Catch::StartsWith("the server signed the same text"));
}

}  // namespace
}  // namespace start_claude::s3
