#include "config/balance_settings.h"

#include <catch2/catch.hpp>

#include "json/parse.h"

using namespace start_claude;
using namespace std::chrono_literals;
using config::BalanceSettings;
using config::BalanceStrategy;

namespace {

Result<BalanceSettings> read(const std::string& balance_mode) {
  const std::string text = R"({"settings":{"balanceMode":)" + balance_mode + "}}";
  return config::balance_settings_from(std::get<json::Value>(json::parse(text)));
}

}  // namespace

TEST_CASE("what settings.balanceMode leaves out has its default") {
  const auto text = GENERATE(R"({})", R"({"settings":{}})", R"({"settings":{"balanceMode":null}})",
                             R"({"settings":{"balanceMode":{"enableByDefault":true}}})");
  const auto settings = config::balance_settings_from(std::get<json::Value>(json::parse(text)));
  REQUIRE(settings);
  CHECK(*settings == BalanceSettings{});
  CHECK(settings->strategy == BalanceStrategy::fallback);
  CHECK(settings->ban == 300s);
  CHECK(settings->health_interval == 30s);
  CHECK(settings->response_time_window == 300s);
  CHECK(settings->samples_min == 2);
}

TEST_CASE("settings.balanceMode is read as the other writer spells it") {
  const auto settings = read(R"({
    "enableByDefault": false, "strategy": "Speed First",
    "healthCheck": {"enabled": false, "intervalMs": 10000},
    "failedEndpoint": {"banDurationSeconds": 60},
    "speedFirst": {"responseTimeWindowMs": 60000, "minSamples": 5},
    "timeouts": {"connectMs": 2000, "firstByteMs": 30000, "stallMs": 20000}})");
  REQUIRE(settings);
  CHECK(settings->strategy == BalanceStrategy::speed_first);
  CHECK_FALSE(settings->checks_health);
  CHECK(settings->health_interval == 10s);
  CHECK(settings->ban == 60s);
  CHECK(settings->response_time_window == 60s);
  CHECK(settings->samples_min == 5);
  CHECK(settings->connect_timeout == 2s);
  CHECK(settings->first_byte_timeout == 30s);
  CHECK(settings->stall_timeout == 20s);
}

TEST_CASE("a strategy is known in any spelling") {
  using Row = std::pair<std::string, std::optional<BalanceStrategy>>;
  const auto row = GENERATE(values<Row>({{"Fallback", BalanceStrategy::fallback},
                                         {"polling", BalanceStrategy::polling},
                                         {"Speed First", BalanceStrategy::speed_first},
                                         {"speed-first", BalanceStrategy::speed_first},
                                         {"speedFirst", BalanceStrategy::speed_first},
                                         {"fastest", std::nullopt},
                                         {"", std::nullopt}}));
  CAPTURE(row.first);
  CHECK(config::parse_strategy(row.first) == row.second);
}

TEST_CASE("numbers that make no sense are brought to the nearer end") {
  const auto settings = read(R"({"healthCheck": {"intervalMs": 1},
    "failedEndpoint": {"banDurationSeconds": 99999999}, "speedFirst": {"minSamples": 0}})");
  REQUIRE(settings);
  CHECK(settings->health_interval == 1s);
  CHECK(settings->ban == 24h);
  CHECK(settings->samples_min == 1);
}

TEST_CASE("what cannot be read is named, without its value") {
  struct Row {
    std::string mode, named;
  };
  const auto row = GENERATE(values<Row>(
      {{R"("hunter2")", "balanceMode is not an object"},
       {R"({"strategy":"hunter2"})", "strategy is neither Fallback, Polling nor Speed First"},
       {R"({"healthCheck":true})", "healthCheck is not an object"},
       {R"({"healthCheck":{"enabled":"hunter2"}})",
        "healthCheck.enabled is neither true nor false"},
       {R"({"failedEndpoint":{"banDurationSeconds":"hunter2"}})",
        "failedEndpoint.banDurationSeconds is not a number"}}));
  const auto settings = read(row.mode);
  REQUIRE_FALSE(settings);
  CHECK(settings.error().kind == ErrorKind::invalid_data);
  CHECK(settings.error().message.find(row.named) != std::string::npos);
  CHECK(settings.error().message.find("hunter2") == std::string::npos);
}
