#include "server/balance_selection.h"

#include <catch2/catch.hpp>

using namespace start_claude;
using namespace std::chrono_literals;
using config::BalanceStrategy;
using server::BanReason;
using server::Choice;
using server::EndpointHistory;
using server::NoneLeft;
using server::Use;
using server::Wait;

namespace {

constexpr server::Instant now = 1000s;

/// One endpoint of a table's row.
struct Endpoint {
  long long order = 0;
  std::uint64_t last_turn = 0;
  std::optional<server::Ban> ban = {};
  std::vector<server::FirstByte> first_bytes = {};
  std::size_t unanswered = 0;
  bool was_tried = false;
};

Choice choose(BalanceStrategy strategy, const std::vector<Endpoint>& endpoints) {
  std::vector<EndpointHistory> histories;
  for (const Endpoint& endpoint : endpoints) {
    histories.push_back(
        {endpoint.last_turn, endpoint.unanswered, endpoint.first_bytes, endpoint.ban});
  }
  std::vector<server::Candidate> candidates;
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    candidates.push_back({endpoints[i].order, &histories[i], endpoints[i].was_tried});
  }
  return server::select(candidates, {.strategy = strategy}, now);
}

std::optional<server::Ban> failed_until(server::Instant until) {
  return server::Ban{until, BanReason::failed};
}

std::optional<server::Ban> asked_until(server::Instant until) {
  return server::Ban{until, BanReason::was_asked};
}

/// Two answers, just before now.
std::vector<server::FirstByte> answered_in(std::chrono::milliseconds took) {
  return {{now - 2s, took}, {now - 1s, took}};
}

struct Row {
  std::string what;
  std::vector<Endpoint> endpoints;
  Choice choice;
};

}  // namespace

TEST_CASE("fallback: lower order first, round robin among equals") {
  const auto row = GENERATE(values<Row>({
      {"nobody", {}, NoneLeft{}},
      {"the lowest order", {{2}, {1}, {3}}, Use{1}},
      {"an order below zero", {{0}, {-1}}, Use{1}},
      {"it stays with the lowest", {{2, 0}, {1, 9}}, Use{1}},
      {"equals take turns", {{0, 5}, {0, 4}, {1, 0}}, Use{1}},
      {"who never had a turn is next", {{0, 5}, {0, 0}}, Use{1}},
      {"all new: as they stand", {{0}, {0}}, Use{0}},
      {"a banned one is passed over", {{0, 0, failed_until(now + 1s)}, {1}}, Use{1}},
      {"a ban ends on time", {{0, 0, failed_until(now)}, {1}}, Use{0}},
      {"a tried one is not tried again", {{0, 7, {}, {}, 0, true}, {1}}, Use{1}},
      {"all tried", {{0, 7, {}, {}, 0, true}}, NoneLeft{}},
  }));
  CAPTURE(row.what);
  CHECK(choose(BalanceStrategy::fallback, row.endpoints) == row.choice);
}

TEST_CASE("polling: round robin whatever the order") {
  const auto row = GENERATE(values<Row>({
      {"the longest without a turn", {{0, 3}, {9, 1}, {5, 2}}, Use{1}},
      {"new ones first", {{0, 3}, {9, 0}}, Use{1}},
      {"banned ones miss their turn", {{0, 3}, {9, 1, asked_until(now + 1s)}}, Use{0}},
  }));
  CAPTURE(row.what);
  CHECK(choose(BalanceStrategy::polling, row.endpoints) == row.choice);
}

TEST_CASE("speed first: the fastest once all are measured") {
  const auto row = GENERATE(values<Row>({
      {"nobody is measured: round robin", {{0, 2}, {0, 1}}, Use{1}},
      {"the fastest", {{0, 1, {}, answered_in(90ms)}, {0, 2, {}, answered_in(30ms)}}, Use{1}},
      {"equally fast take turns",
       {{0, 2, {}, answered_in(30ms)}, {0, 1, {}, answered_in(30ms)}},
       Use{1}},
      {"order does not count",
       {{-5, 1, {}, answered_in(90ms)}, {9, 2, {}, answered_in(30ms)}},
       Use{1}},
      {"who is not measured yet is", {{0, 1, {}, answered_in(30ms)}, {0, 2}}, Use{1}},
      {"one sample is too few",
       {{0, 1, {}, answered_in(30ms)}, {0, 2, {}, {{now - 1s, 10ms}}}},
       Use{1}},
      {"old samples are none",
       {{0, 1, {}, answered_in(30ms)}, {0, 2, {}, {{now - 301s, 1ms}, {now - 400s, 1ms}}}},
       Use{1}},
      {"who is about to be measured is not waited for",
       {{0, 1, {}, answered_in(30ms)}, {0, 2, {}, {}, 2}},
       Use{0}},
      {"all are about to be measured: round robin", {{0, 2, {}, {}, 2}, {0, 1, {}, {}, 2}}, Use{1}},
      {"the fastest is banned",
       {{0, 1, {}, answered_in(90ms)}, {0, 2, failed_until(now + 1s), answered_in(30ms)}},
       Use{0}},
  }));
  CAPTURE(row.what);
  CHECK(choose(BalanceStrategy::speed_first, row.endpoints) == row.choice);
}

TEST_CASE("when all are banned, those that only failed are the last resort") {
  const auto strategy =
      GENERATE(BalanceStrategy::fallback, BalanceStrategy::polling, BalanceStrategy::speed_first);
  const auto row = GENERATE(values<Row>({
      {"the ban that ends first",
       {{0, 0, failed_until(now + 9s)}, {1, 1, failed_until(now + 5s)}},
       Use{1, true}},
      {"not who asked to be left alone",
       {{0, 0, asked_until(now + 1s)}, {1, 1, failed_until(now + 5s)}},
       Use{1, true}},
      {"all asked: until the first may be asked again",
       {{0, 0, asked_until(now + 9s)}, {1, 1, asked_until(now + 5s)}},
       Wait{now + 5s}},
      {"the others were tried",
       {{0, 0, failed_until(now + 9s), {}, 0, true}, {1, 1, asked_until(now + 5s)}},
       Wait{now + 5s}},
  }));
  CAPTURE(row.what);
  CHECK(choose(strategy, row.endpoints) == row.choice);
}

TEST_CASE("a mean needs enough samples, and old ones are forgotten") {
  const server::SelectionRules rules{};
  EndpointHistory history;
  CHECK(server::mean_first_byte(history, rules, now) == std::nullopt);
  server::add_first_byte(history, {now - 200s, 10ms}, 300s);
  CHECK(server::mean_first_byte(history, rules, now) == std::nullopt);
  server::add_first_byte(history, {now - 100s, 21ms}, 300s);
  CHECK(server::mean_first_byte(history, rules, now) == 15'500us);
  // At the window's very end a sample still counts, one step later no more.
  CHECK(server::mean_first_byte(history, rules, now + 100s) == 15'500us);
  CHECK(server::mean_first_byte(history, rules, now + 100s + 1ms) == std::nullopt);
  server::add_first_byte(history, {now + 150s, 30ms}, 300s);
  CHECK(history.first_bytes.size() == 2);
}

TEST_CASE("a Retry-After is a number of seconds or a date") {
  const auto wall_clock = *base::parse_time("2026-11-22T08:14:03Z");
  using Row = std::pair<std::string, std::optional<std::chrono::seconds>>;
  const auto row = GENERATE(values<Row>({{"30", 30s},
                                         {" 0 ", 0s},
                                         {"99999999999999999999999", 24h},
                                         {"Sun, 22 Nov 2026 08:15:03 GMT", 60s},
                                         {"Sun, 22 Nov 2026 08:00:00 GMT", 0s},
                                         {"1.5", std::nullopt},
                                         {"-1", std::nullopt},
                                         {"soon", std::nullopt},
                                         {"", std::nullopt}}));
  CAPTURE(row.first);
  CHECK(server::parse_retry_after(row.first, wall_clock) == row.second);
}
