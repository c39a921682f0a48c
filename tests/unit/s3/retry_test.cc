#include "s3/retry.h"

#include <catch2/catch.hpp>

#include "support/fake_random.h"

namespace start_claude::s3 {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

class FixedRandom final : public platform::Random {
 public:
  explicit FixedRandom(std::uint64_t value) : value_(value) {}
  std::uint64_t next() override { return value_; }

 private:
  std::uint64_t value_;
};

TEST_CASE("pauses are drawn from ranges that double, up to a limit") {
  const auto [attempts, range] =
      GENERATE(table<int, milliseconds>({{1, 500ms}, {2, 1000ms}, {3, 2000ms}, {8, 5000ms}}));
  CAPTURE(attempts);
  const RetryLimits patient{.attempts_max = 100};
  support::FakeRandom random(1);
  milliseconds shortest = 1h;
  milliseconds longest = 0ms;
  for (int i = 0; i < 2000; ++i) {
    const auto delay = retry_delay({attempts, 1h}, std::nullopt, random, patient);
    REQUIRE(delay);
    shortest = std::min(shortest, *delay);
    longest = std::max(longest, *delay);
  }
  CHECK(longest <= range);
  CHECK(longest > range * 9 / 10);
  CHECK(shortest < range / 10);
}

TEST_CASE("after four attempts it is over") {
  support::FakeRandom random;
  CHECK(retry_delay({3, 1h}, std::nullopt, random));
  CHECK_FALSE(retry_delay({4, 1h}, std::nullopt, random));
}

TEST_CASE("no pause goes beyond the deadline") {
  FixedRandom longest(500);
  CHECK(retry_delay({1, 501ms}, std::nullopt, longest) == 500ms);
  CHECK_FALSE(retry_delay({1, 500ms}, std::nullopt, longest));
}

TEST_CASE("what the server asks for comes before the jitter") {
  FixedRandom none(0);
  CHECK(retry_delay({1, 30s}, 3s, none) == 3s);
  FixedRandom longest(500);
  CHECK(retry_delay({1, 30s}, 3s, longest) == 3500ms);
  CHECK_FALSE(retry_delay({1, 30s}, 60s, none));
}

TEST_CASE("Retry-After as seconds and as a date") {
  const std::string date = "Sun, 22 Nov 2026 08:14:03 GMT";
  const auto [value, delay] = GENERATE(table<std::string, std::optional<milliseconds>>({
      {"5", 5s},
      {" 0 ", 0s},
      {"99999999999999", 24h},
      {"Sun, 22 Nov 2026 08:14:13 GMT", 10s},
      {"Sun, 22 Nov 2026 08:14:00 GMT", 0s},
      {"-5", std::nullopt},
      {"soon", std::nullopt},
      {"", std::nullopt},
  }));
  CAPTURE(value);
  CHECK(retry_after({503, {{"Date", date}, {"Retry-After", value}}, ""}) == delay);
  CHECK(retry_after({503, {{"Date", date}}, ""}) == std::nullopt);
  CHECK(retry_after({503, {{"Retry-After", date}}, ""}) == std::nullopt);
}

TEST_CASE("an attempt leaves time for another one, the last does not") {
  CHECK(attempt_timeout({0, 30s}) == 15s);
  CHECK(attempt_timeout({1, 15s}) == 7500ms);
  CHECK(attempt_timeout({3, 3s}) == 3s);
  CHECK(attempt_timeout({0, 1ms}) == 1ms);
}

TEST_CASE("only what another attempt may mend is tried again") {
  using Kind = http::FailureKind;
  const auto [kind, transient] = GENERATE(table<Kind, bool>({
      {Kind::connection_lost, true},
      {Kind::timed_out, true},
      {Kind::not_connected, true},
      {Kind::malformed_response, true},
      {Kind::name_not_resolved, false},
      {Kind::tls_not_trusted, false},
      {Kind::tls_too_old, false},
      {Kind::tls_failed, false},
      {Kind::too_large, false},
      {Kind::proxy_denied, false},
      {Kind::proxy_failed, false},
  }));
  CAPTURE(static_cast<int>(kind));
  CHECK(is_transient(kind) == transient);
}

}  // namespace
}  // namespace start_claude::s3
