// What the manager learns of a running balance: from its file and its own mouth, or not at all.

#include "cli/balance_view.h"

#include "cli/balance_runtime.h"
#include "json/parse.h"
#include "json/write.h"
#include "machine.h"

namespace start_claude::cli {
namespace {

constexpr std::string_view status =
    R"({"command":"balance","strategy":"polling","started":"2026-11-22T08:14:03.000Z",)"
    R"("internal":"token-of-balance","activeRequests":1,"skipped":[],)"
    R"("endpoints":[{"name":"one","host":"a.example","state":"banned","requests":7,)"
    R"("failures":2,"samples":0,"bannedUntil":"2026-11-22T08:20:00.000Z",)"
    R"("reason":"status 503","apiKey":"sk-hush"}]})";
const std::string not_running = R"({"running":false})";

/// Hands the script's requests on, so that it outlives each transport that is made.
class Borrowed final : public http::Transport {
 public:
  explicit Borrowed(http::Transport& script) : script_(script) {}
  http::Reply send(const http::Request& request, const http::Limits& limits) override {
    return script_.send(request, limits);
  }

 private:
  http::Transport& script_;
};

struct Balance {
  Balance() {
    machine.host.make_transport = [this](const http::CurlOptions& options) {
      uses_proxy = !options.http_proxy.empty();
      return std::make_unique<Borrowed>(script);
    };
  }
  void write_file(const std::string& text, unsigned mode = 0600) {
    REQUIRE(machine.files.create(path, text, mode).index() == 0);
  }
  void runs() {
    REQUIRE(write_balance_runtime(
        machine.host, paths, {.process = 4711, .port = 2345, .token = Secret("token-of-balance")}));
  }
  std::string view() { return json::write_compact(view_of_balance(machine.host, paths)); }

  support::FakeClock clock;
  TestServer server{clock};
  Machine machine{clock, server, "lark"};
  support::ScriptedTransport script{clock};
  bool uses_proxy = false;
  sync::Paths paths = sync::paths_beside(test_config);
  const std::string path = "/home/me/.start-claude/balance.json";
};

TEST_CASE_METHOD(Balance, "a running balance is asked with its token, and its answer handed on") {
  machine.environment.variables["http_proxy"] = "http://proxy.example";
  runs();
  script.answer(http::Response{200, {}, std::string(status)});
  CHECK(view() ==
        R"({"strategy":"polling","started":"2026-11-22T08:14:03.000Z","activeRequests":1,)"
        R"("skipped":[],"running":true,"url":"http://127.0.0.1:2345","endpoints":[)"
        R"({"name":"one","host":"a.example","state":"banned","requests":7,"failures":2,)"
        R"("samples":0,"bannedUntil":"2026-11-22T08:20:00.000Z","reason":"status 503"}]})");
  REQUIRE(script.requests.size() == 1);
  CHECK(script.requests[0].uri.text() == "http://127.0.0.1:2345/__status");
  CHECK(script.requests[0].headers.find("x-api-key") == "token-of-balance");
  CHECK(script.limits[0].total_timeout <= std::chrono::seconds(1));
  CHECK_FALSE(uses_proxy);
}

TEST_CASE_METHOD(Balance, "without the file nobody is asked") { CHECK(view() == not_running); }

TEST_CASE_METHOD(Balance, "a file left behind by a crash is as good as none") {
  runs();
  script.answer(http::Failure{http::FailureKind::not_connected, "connection refused"});
  CHECK(view() == not_running);
}

TEST_CASE_METHOD(Balance, "somebody else at that port is not taken for it") {
  runs();
  const auto answer = GENERATE(values<http::Response>({{401, {}, std::string(status)},
                                                       {200, {}, "<html>"},
                                                       {200, {}, "[]"},
                                                       {200, {}, R"({"endpoints":[]})"},
                                                       {200, {}, R"({"command":"balance"})"}}));
  script.answer(answer);
  CHECK(view() == not_running);
}

TEST_CASE_METHOD(Balance,
                 "a file that others could have written, or of another kind, is not used") {
  const std::string text = R"({"version":1,"pid":1,"port":2345,"token":"t"})";
  SECTION("others may write it") { write_file(text, 0666); }
  SECTION("others may read it") { write_file(text, 0644); }
  SECTION("a later version") { write_file(R"({"version":2,"pid":1,"port":2345,"token":"t"})"); }
  SECTION("no port") { write_file(R"({"version":1,"pid":1,"token":"t"})"); }
  SECTION("no such port") { write_file(R"({"version":1,"pid":1,"port":70000,"token":"t"})"); }
  SECTION("no token") { write_file(R"({"version":1,"pid":1,"port":2345})"); }
  SECTION("cut off") { write_file(text.substr(0, 20)); }
  CHECK(view() == not_running);
}

TEST_CASE_METHOD(Balance, "the address is always this machine's, whatever the file says") {
  write_file(R"({"version":1,"pid":1,"url":"http://evil.example","port":2345,"token":"t"})");
  script.answer(http::Response{200, {}, std::string(status)});
  (void)view();
  CHECK(script.requests.at(0).uri.host == "127.0.0.1");
}

}  // namespace
}  // namespace start_claude::cli
