#include "server/balance_ledger.h"

#include <catch2/catch.hpp>

#include "json/write.h"
#include "server/answer_text.h"
#include "server/balance_status.h"

using namespace start_claude;
using namespace std::chrono_literals;
using server::BanReason;
using server::Instant;
using server::Use;

namespace {

using Shared = std::shared_ptr<const server::BalanceEndpoint>;

Shared endpoint(const std::string& name) {
  return std::get<Shared>(
      server::BalanceEndpoint::make({.name = name, .api_key = Secret("key-" + name)}, {}));
}

struct Fixture {
  Fixture() { set.endpoints = {endpoint("A"), endpoint("B")}; }
  const server::BalanceEndpoint& a() const { return *set.endpoints[0]; }
  const server::BalanceEndpoint& b() const { return *set.endpoints[1]; }

  server::BalanceSet set;
  std::string told;
  server::BalanceLedger ledger{[this](const server::StateChange& change) {
    told += change.name +
            (change.is_banned ? " banned " + std::to_string(change.banned_for.count()) + " s"
                              : " well") +
            ";";
  }};
};

}  // namespace

TEST_CASE_METHOD(Fixture, "turns go round, and a tried endpoint is out") {
  CHECK(ledger.choose(set, {}, 0s) == server::Choice(Use{0}));
  ledger.began(a());
  CHECK(ledger.choose(set, {}, 0s) == server::Choice(Use{1}));
  ledger.began(b());
  CHECK(ledger.choose(set, {}, 0s) == server::Choice(Use{0}));
  CHECK(ledger.choose(set, {0}, 0s) == server::Choice(Use{1}));
  CHECK(ledger.choose(set, {0, 1}, 0s) == server::Choice(server::NoneLeft{}));
}

TEST_CASE_METHOD(Fixture, "every change of state is told once") {
  ledger.ban(a(), {300s, BanReason::failed, "status 503"}, 0s);
  ledger.ban(a(), {300s, BanReason::failed, "status 503"}, 0s);
  ledger.ban(a(), {301s, BanReason::failed, "status 503"}, 1s);
  CHECK(told == "A banned 300 s;");
  ledger.lift_ban(b());
  ledger.lift_ban(a());
  ledger.lift_ban(a());
  CHECK(told == "A banned 300 s;A well;");
}

TEST_CASE_METHOD(Fixture, "bans end on time, and the next end is known") {
  ledger.ban(a(), {300s, BanReason::failed, ""}, 0s);
  ledger.ban(b(), {200s, BanReason::was_asked, ""}, 0s);
  told.clear();
  CHECK(ledger.end_bans(199s) == std::optional<Instant>(200s));
  CHECK(told.empty());
  CHECK(ledger.end_bans(200s) == std::optional<Instant>(300s));
  CHECK(told == "B well;");
  CHECK(ledger.end_bans(300s) == std::nullopt);
  CHECK(told == "B well;A well;");
}

TEST_CASE_METHOD(Fixture, "a reload keeps what is known of an endpoint that is still there") {
  ledger.ban(a(), {300s, BanReason::failed, ""}, 0s);
  ledger.began(a());
  ledger.failed(a());
  server::BalanceSet next;
  next.endpoints = {endpoint("A"), endpoint("C")};
  ledger.keep_only(next);
  CHECK(ledger.record(*next.endpoints[0]).failures == 1);
  CHECK(ledger.record(*next.endpoints[0]).history.is_banned(1s));
  CHECK(ledger.choose(next, {}, 1s) == server::Choice(Use{1}));
  ledger.keep_only({});
  CHECK(ledger.record(*next.endpoints[0]).failures == 0);
}

TEST_CASE_METHOD(Fixture, "a request on its way keeps its endpoint's record over a reload") {
  ledger.began(a());
  ledger.keep_only({});
  CHECK(ledger.record(a()).history.unanswered == 1);
  ledger.answered(a(), {1s, 20ms}, set);
  CHECK(ledger.record(a()).history.unanswered == 0);
}

TEST_CASE_METHOD(Fixture, "the status shows each endpoint and no secret") {
  const auto now = *base::parse_time("2026-11-22T08:14:03Z");
  ledger.began(a());
  ledger.answered(a(), {9s, 20ms}, set);
  ledger.began(a());
  ledger.answered(a(), {9s, 25ms}, set);
  ledger.ban(b(), {70s, BanReason::failed, "status 503"}, 10s);
  set.skipped.push_back({"C", "is disabled"});
  const auto status = server::status_of(
      set, ledger, {.open_connections = 3, .active_requests = 2},
      {.started = now - 60s, .loaded = now - 30s, .now = now, .now_by_loop = 10s});
  const std::string text = json::write_compact(status);
  CHECK(text ==
        R"({"command":"balance","strategy":"fallback","started":"2026-11-22T08:13:03.000Z",)"
        R"("loaded":"2026-11-22T08:13:33.000Z","connections":3,"activeRequests":2,)"
        R"("healthChecks":true,"endpoints":[)"
        R"({"name":"A","host":"api.anthropic.com","order":0,"state":"well","requests":2,)"
        R"("failures":0,"unanswered":0,"samples":2,"meanFirstByteMs":22.5},)"
        R"({"name":"B","host":"api.anthropic.com","order":0,"state":"banned","requests":0,)"
        R"("failures":0,"unanswered":0,"samples":0,"bannedUntil":"2026-11-22T08:15:03.000Z",)"
        R"("reason":"status 503"}],"skipped":[{"name":"C","reason":"is disabled"}]})");
}

TEST_CASE("an answer's body ends in the one way the client understands") {
  using server::AnswerFraming;
  using server::AnswerShape;
  struct Row {
    std::string what;
    http::StreamHead head;
    AnswerShape shape;
    AnswerFraming framing;
    std::string text;
  };
  const http::Headers upstream{{"Content-Type", "text/event-stream"},
                               {"Transfer-Encoding", "chunked"},
                               {"Connection", "close, X-Hop"},
                               {"X-Hop", "1"},
                               {"Set-Cookie", "a=b"},
                               {"request-id", "r1"}};
  const std::string passed = "Content-Type: text/event-stream\r\nrequest-id: r1\r\n";
  const auto row = GENERATE_COPY(values<Row>({
      {"a stream",
       {200, upstream},
       {},
       AnswerFraming::chunked,
       "HTTP/1.1 200 OK\r\n" + passed + "Transfer-Encoding: chunked\r\n\r\n"},
      {"a known length",
       {529, upstream, 7},
       {},
       AnswerFraming::length,
       "HTTP/1.1 529 Overloaded\r\n" + passed + "Content-Length: 7\r\n\r\n"},
      {"to HTTP/1.0",
       {200, upstream},
       {.is_http_1_0 = true},
       AnswerFraming::connection,
       "HTTP/1.1 200 OK\r\n" + passed + "Connection: close\r\n\r\n"},
      {"to HEAD",
       {200, upstream, 7},
       {.is_head = true},
       AnswerFraming::none,
       "HTTP/1.1 200 OK\r\n" + passed + "Content-Length: 7\r\n\r\n"},
      {"no content",
       {204, upstream},
       {.keeps_alive = false},
       AnswerFraming::none,
       "HTTP/1.1 204 No Content\r\n" + passed + "Connection: close\r\n\r\n"},
  }));
  CAPTURE(row.what);
  CHECK(server::framing_of(row.head, row.shape) == row.framing);
  CHECK(server::format_answer_head(row.head, row.framing, row.shape) == row.text);
}

TEST_CASE("a chunk says its length, a refusal speaks like the API") {
  std::string text;
  server::append_chunk(text, std::string(26, 'x'));
  CHECK(text == "1a\r\n" + std::string(26, 'x') + "\r\n");
  const auto refusal = server::format_refusal(
      {.status = 429, .message = "wait", .retry_after = 30s}, {.keeps_alive = false});
  CHECK(
      refusal ==
      "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\n"
      "Cache-Control: no-store\r\nRetry-After: 30\r\nContent-Length: 92\r\n"
      "Connection: close\r\n\r\n"
      R"({"type":"error","error":{"type":"rate_limit_error","message":"start-claude balance: wait"}})"
      "\n");
}
