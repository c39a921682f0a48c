#include "base/time.h"

#include <catch2/catch.hpp>

namespace start_claude::base {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

UtcTime at(std::int64_t ms) { return UtcTime{milliseconds{ms}}; }

constexpr std::int64_t journey = 1'795'335'243'250;  // 2026-11-22T08:14:03.250Z
constexpr std::int64_t day_ms = 86'400'000;
constexpr std::int64_t last_ms = 253'402'300'799'999;

}  // namespace

TEST_CASE("one moment in every spelling") {
  struct Row {
    std::int64_t ms;
    const char *rfc3339, *http, *amz, *day;
  };
  const auto row = GENERATE(values<Row>({
      {journey, "2026-11-22T08:14:03.250Z", "Sun, 22 Nov 2026 08:14:03 GMT", "20261122T081403Z",
       "20261122"},
      {0, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT", "19700101T000000Z",
       "19700101"},
      {951'827'696'007, "2000-02-29T12:34:56.007Z", "Tue, 29 Feb 2000 12:34:56 GMT",
       "20000229T123456Z", "20000229"},
      {last_ms, "9999-12-31T23:59:59.999Z", "Fri, 31 Dec 9999 23:59:59 GMT", "99991231T235959Z",
       "99991231"},
  }));
  const UtcTime time = at(row.ms);
  const UtcTime second = std::chrono::floor<std::chrono::seconds>(time);
  CHECK(format_rfc3339(time) == row.rfc3339);
  CHECK(format_http_date(time) == row.http);
  CHECK(format_amz_date(time) == row.amz);
  CHECK(format_amz_day(time) == row.day);
  CHECK(parse_time(row.rfc3339) == time);
  CHECK(parse_time(row.http) == second);
  CHECK(parse_amz_date(row.amz) == second);
}

TEST_CASE("times outside the years 1970 to 9999 are shown as the nearest end") {
  CHECK(format_rfc3339(at(-1)) == "1970-01-01T00:00:00.000Z");
  CHECK(format_rfc3339(UtcTime::min()) == "1970-01-01T00:00:00.000Z");
  CHECK(format_amz_date(at(last_ms + 1)) == "99991231T235959Z");
  CHECK(format_http_date(UtcTime::max()) == "Fri, 31 Dec 9999 23:59:59 GMT");
}

TEST_CASE("times as different programs write them") {
  struct Row {
    const char* text;
    std::int64_t ms;
  };
  const auto row = GENERATE(values<Row>({
      {"2026-11-22T08:14:03Z", journey - 250},
      {"2026-11-22t08:14:03z", journey - 250},
      {"2026-11-22T08:14:03.2Z", journey - 50},
      {"2026-11-22T08:14:03.25Z", journey},
      {"2026-11-22T08:14:03,25Z", journey},
      {"2026-11-22T08:14:03.2509999999999999999Z", journey},
      {"2026-11-22T08:14:03.000001Z", journey - 250},
      {"2026-11-22T09:14:03.250+01:00", journey},
      {"2026-11-22T09:14:03.250+0100", journey},
      {"2026-11-22T09:14:03.250+01", journey},
      {"2026-11-22T13:44:03.250+05:30", journey},
      {"2026-11-21T23:14:03.250-09:00", journey},
      {"2026-11-21T23:14:03.250-09", journey},
      {"2026-11-22T08:14:03.250-00:00", journey},
      {"2026-11-22T08:14:03.250", journey},
      {"2026-11-22 08:14:03", journey - 250},
      {"2026-11-22 08:14:03.250Z", journey},
      {"2026-11-22 09:14:03 +0100", journey - 250},
      {"2026-11-22 08:14:03 UTC", journey - 250},
      {" 2026-11-22T08:14:03Z\t", journey - 250},
      {"1969-12-31T23:30:00-00:30", 0},
      {"Sun, 22 Nov 2026 08:14:03 GMT", journey - 250},
      {"sun, 22 nov 2026 08:14:03 gmt", journey - 250},
      {"SUN, 22 NOV 2026 08:14:03 GMT", journey - 250},
      {"Sun, 22 Nov 2026 08:14:03.250 GMT", journey},
      {"Sun, 22 Nov 2026 08:14:03 UTC", journey - 250},
      {"Sun, 22 Nov 2026 08:14:03 +0000", journey - 250},
      {"Sun, 22 Nov 2026 09:14:03 +0100", journey - 250},
      {"Sun, 22 Nov 2026 08:14:03", journey - 250},
      {"Mon, 22 Nov 2026 08:14:03 GMT", journey - 250},
      {"Sun,22 Nov 2026 08:14:03 GMT", journey - 250},
      {"Sun,  22  Nov  2026  08:14:03  GMT ", journey - 250},
      {"22 Nov 2026 08:14:03 GMT", journey - 250},
      {"Sun, 22 Nov 26 08:14:03 GMT", journey - 250},
      {"Sunday, 22-Nov-26 08:14:03 GMT", journey - 250},
      {"Sunday, 22-Nov-2026 08:14:03 GMT", journey - 250},
      {"sunday, 22-nov-26 08:14:03 gmt", journey - 250},
      {"Sun Nov 22 08:14:03 2026", journey - 250},
      {"Sun Nov 22 08:14:03 UTC 2026", journey - 250},
      {"Sun, 1 Nov 2026 08:14:03 GMT", journey - 250 - 21 * day_ms},
      {"Sun, 01 Nov 2026 8:14:03 GMT", journey - 250 - 21 * day_ms},
      {"Sunday, 1-Nov-26 08:14:03 GMT", journey - 250 - 21 * day_ms},
      {"Sun Nov  1 08:14:03 2026", journey - 250 - 21 * day_ms},
      {"Thursday, 01-Jan-70 00:00:00 GMT", 0},
      {"Sunday, 01-Dec-69 00:00:00 GMT", 3'153'081'600'000},
  }));
  INFO(row.text);
  CHECK(parse_time(row.text) == at(row.ms));
}

TEST_CASE("what is not a time is nothing") {
  const auto* text = GENERATE(
      as<const char*>{}, "", " ", "now", "2026", "-", "2026-11-22", "2026-11-22T",
      "2026-11-22T08:14Z", "2026-11-22T08:14:03.Z", "2026-11-22T08:14:03ZZ",
      "2026-11-22T08:14:03Z+01:00", "2026-11-22T08:14:03+1", "2026-11-22T08:14:03+010",
      "2026-11-22T08:14:03+01:", "2026-11-22T08:14:03+24:00", "2026-11-22T08:14:03+01:60",
      "2026-11-22T08:14:03 CET", "2026-11-22_08:14:03Z", "26-11-22T08:14:03Z",
      "2026-1-22T08:14:03Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-11-31T00:00:00Z",
      "2026-11-00T00:00:00Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
      "2026-11-22T24:00:00Z", "2026-11-22T08:60:00Z", "2026-11-22T08:14:60Z",
      "1969-12-31T23:59:59Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-00:01",
      "1970-01-01T00:00:00+00:01", "-026-11-22T08:14:03Z", "+026-11-22T08:14:03Z",
      "2026-11-22T08:14:+3Z", "Sun, 22 Nov 2026", "Sun", "Sun, 22 Nov 202 08:14:03 GMT",
      "Sun, 22 Nov 20260 08:14:03 GMT", "Sun, 022 Nov 2026 08:14:03 GMT",
      "Tue, 31 Nov 2026 08:14:03 GMT", "Sun, 22 Nox 2026 08:14:03 GMT",
      "Wed, 31 Dec 1969 23:59:59 GMT", "Sun, 22 Nov 2026 08:14:03 PST",
      "Foo, 22 Nov 2026 08:14:03 GMT", "Nov 22 2026 08:14:03", "1639142397", "1639142397.5");
  INFO(text);
  CHECK_FALSE(parse_time(text));
}

TEST_CASE("a moment that nobody can have meant is unknown") {
  const UtcTime now = at(journey);
  CHECK(plausible(std::nullopt, now) == std::nullopt);
  CHECK(plausible(at(0), now) == std::nullopt);
  CHECK(plausible(parse_time("2005-12-31T23:59:59.999Z"), now) == std::nullopt);
  CHECK(plausible(parse_time("2006-01-01T00:00:00Z"), now) == parse_time("2006-01-01T00:00:00Z"));
  CHECK(plausible(now - 24h, now) == now - 24h);
  CHECK(plausible(now + 5min, now) == now + 5min);
  CHECK(plausible(now + 5min + 1ms, now) == std::nullopt);
  CHECK(plausible(now, at(0)) == std::nullopt);
}

TEST_CASE("every form of every moment is read back") {
  // Odd steps, so that all months, weekdays and times of day come by.
  for (std::int64_t ms = 1'000; ms < 3'000'000'000'000; ms += 98'765'432'101) {
    const UtcTime second = std::chrono::floor<std::chrono::seconds>(at(ms));
    const std::string imf = format_http_date(second);
    const std::string day = imf.substr(5, 2);
    const std::string month = imf.substr(8, 3);
    const std::string clock = imf.substr(17, 8);
    INFO(imf);
    CHECK(parse_time(imf) == second);
    CHECK(parse_time(imf.substr(0, 3) + " " + month + " " + day + " " + clock + " " +
                     imf.substr(12, 4)) == second);
    if (ms < 3'155'760'000'000) {
      CHECK(parse_time("Anyday, " + day + "-" + month + "-" + imf.substr(14, 2) + " " + clock +
                       " GMT") == std::nullopt);
      CHECK(parse_time("Friday, " + day + "-" + month + "-" + imf.substr(14, 2) + " " + clock +
                       " GMT") == second);
    }
    for (const int hours : {-11, -1, 0, 5, 14}) {
      const std::string local = format_local(second, std::chrono::hours(hours));
      CHECK(parse_time(local) == second);
      CHECK(parse_time(local.substr(0, 10) + "T" + local.substr(11, 8) + local.substr(20, 3)) ==
            second);
    }
  }
}

TEST_CASE("SigV4 dates are exact") {
  const auto* text =
      GENERATE(as<const char*>{}, "", "20261122T081403", "20261122081403Z", "20261131T081403Z",
               "20261122T251403Z", "2026-11-22T08:14:03Z", "20261122T081403ZZ");
  INFO(text);
  CHECK_FALSE(parse_amz_date(text));
}

TEST_CASE("local times carry their offset") {
  CHECK(format_local(at(journey), 60min) == "2026-11-22 09:14:03 +0100");
  CHECK(format_local(at(journey), 0min) == "2026-11-22 08:14:03 +0000");
  CHECK(format_local(at(journey), -(3h + 30min)) == "2026-11-22 04:44:03 -0330");
  CHECK(format_local(at(journey), 14h) == "2026-11-22 22:14:03 +1400");
  CHECK(format_local(at(0), -5h) == "1969-12-31 19:00:00 -0500");
}

TEST_CASE("spans show two units at most") {
  struct Row {
    milliseconds span;
    const char* text;
  };
  const auto row = GENERATE(values<Row>({
      {0ms, "0 s"},
      {999ms, "0 s"},
      {18s, "18 s"},
      {59'999ms, "59 s"},
      {1min, "1 min 0 s"},
      {4min + 12s, "4 min 12 s"},
      {5min, "5 min 0 s"},
      {10min - 1ms, "9 min 59 s"},
      {12min + 59s, "12 min"},
      {1h - 1ms, "59 min"},
      {3h + 5min, "3 h 5 min"},
      {24h, "24 h 0 min"},
      {36h - 1ms, "35 h 59 min"},
      {36h, "1 d 12 h"},
      {39h + 59min, "1 d 15 h"},
      {400 * 24h, "400 d 0 h"},
      {-(4min + 12s), "4 min 12 s"},
  }));
  CHECK(format_span(row.span) == row.text);
  CHECK_FALSE(format_span(milliseconds::min()).starts_with('-'));
}

}  // namespace start_claude::base
