// The page's server without sockets: what it refuses, and what it says on every answer.

#include "server/manager_service.h"

#include <catch2/catch.hpp>

#include "manager_fixture.h"
#include "server/manager_page.h"

namespace start_claude::server {
namespace {

TEST_CASE_METHOD(ManagerFixture, "every answer forbids what a page of ours never needs") {
  const std::string target = GENERATE("/", "/api/configs", "/nothing", "/api/nothing");
  const auto response = send("GET", target);
  CAPTURE(target, response.status);
  CHECK(response.headers.find("X-Content-Type-Options") == "nosniff");
  CHECK(response.headers.find("Referrer-Policy") == "no-referrer");
  const std::string policy = response.headers.find("Content-Security-Policy").value_or("");
  CHECK(policy.starts_with("default-src 'none'; script-src 'self';"));
  CHECK(policy.ends_with("frame-ancestors 'none'"));
}

TEST_CASE_METHOD(ManagerFixture, "the page's files have strong ETags and are asked for once") {
  const auto first = send("GET", "/");
  CHECK(first.status == 200);
  CHECK(first.headers.find("Content-Type") == "text/html; charset=utf-8");
  CHECK(first.headers.find("Cache-Control") == "no-cache");
  auto again = request("GET", "/");
  again.headers.add("If-None-Match", first.headers.find("ETag").value());
  CHECK(service.serve(again).response.status == 304);
  CHECK(send("POST", "/", "{}").status == 405);
  CHECK_FALSE(page_files().empty());
}

TEST_CASE_METHOD(ManagerFixture, "nothing on the disk is served, however it is spelled") {
  const std::string path =
      GENERATE("/../config.json", "/..%2fconfig.json", "/%2e%2e/config.json", "//home/config.json",
               "/home/config.json", "/api/../config.json");
  CAPTURE(path);
  CHECK(send("GET", path).status == 404);
}

TEST_CASE_METHOD(ManagerFixture, "a write is JSON, small, and from somebody who was let in") {
  auto form = request("POST", "/api/configs", "config=1");
  form.headers.set("Content-Type", "application/x-www-form-urlencoded");
  CHECK(service.serve(form).response.status == 415);
  auto with_charset = request("POST", "/api/configs", "{}");
  with_charset.headers.set("Content-Type", "application/json; charset=utf-8");
  CHECK(service.serve(with_charset).response.status == 400);
  const auto head = request("POST", "/api/configs", "{}");
  CHECK_FALSE(service.refuse_head(head, manager_body_bytes_max));
  CHECK(service.refuse_head(head, manager_body_bytes_max + 1)->status == 413);
  auto stranger = head;
  stranger.headers.remove("Authorization");
  CHECK(service.refuse_head(stranger, 10)->status == 401);
  CHECK(service.refuse_unmeasured(stranger).status == 401);
  CHECK(service.refuse_unmeasured(head).status == 411);
  auto elsewhere = head;
  elsewhere.headers.add("Origin", "http://evil.example");
  CHECK(service.refuse_head(elsewhere, 10)->status == 403);
}

TEST_CASE_METHOD(ManagerFixture, "the token in the URL becomes a cookie, and leaves the URL") {
  auto entering = request("GET", "/?token=token");
  entering.headers.remove("Authorization");
  const auto response = service.serve(entering).response;
  CHECK(response.status == 200);
  CHECK(response.body.find("token=") == std::string::npos);
  const std::string cookie = response.headers.find("Set-Cookie").value_or("");
  auto next = request("GET", "/api/health");
  next.headers.remove("Authorization");
  CHECK(service.serve(next).response.status == 401);
  next.headers.add("Cookie", cookie.substr(0, cookie.find(';')));
  CHECK(service.serve(next).response.status == 200);
}

TEST_CASE_METHOD(ManagerFixture, "requests that are none say so") {
  CHECK(send("GET", "/api/nothing").status == 404);
  CHECK(send("DELETE", "/api/health").status == 405);
  CHECK(send("POST", "/api/configs", "{\"config\":").status == 400);
}

TEST_CASE_METHOD(ManagerFixture, "events reach every page, and the log keeps them") {
  auto answer = service.serve(request("GET", "/api/events"));
  REQUIRE(answer.stream != nullptr);
  CHECK(answer.response.headers.find("Content-Type") == "text/event-stream");
  events.log(Weight::done, "Saved production");
  const auto piece = answer.stream->next(std::chrono::milliseconds(0));
  REQUIRE(piece);
  CHECK(piece->starts_with("event: activity\ndata: {"));
  CHECK(piece->ends_with("}\n\n"));
  CHECK(answer.stream->next(std::chrono::milliseconds(0)) == "");
  clock.advance(std::chrono::seconds(20));
  CHECK(answer.stream->next(std::chrono::milliseconds(0)) == ":\n\n");
  CHECK(send("GET", "/api/activity").body.find("Saved production") != std::string::npos);
  for (int i = 0; i < 100; ++i) events.publish("configs", json::Object{});
  CHECK(answer.stream->next(std::chrono::milliseconds(0))->starts_with("event: lagged"));
  events.close();
  CHECK(answer.stream->next(std::chrono::milliseconds(0)) == std::nullopt);
}

TEST_CASE_METHOD(ManagerFixture, "only so many pages can be open, and one that closed is none") {
  std::vector<std::unique_ptr<BodyStream>> streams;
  for (std::size_t i = 0; i < event_streams_max; ++i) streams.push_back(events.subscribe());
  CHECK(service.serve(request("GET", "/api/events")).response.status == 503);
  streams.pop_back();
  CHECK(service.serve(request("GET", "/api/events")).stream != nullptr);
}

TEST_CASE_METHOD(ManagerFixture, "it is idle when nobody asks and no page is open") {
  clock.advance(std::chrono::minutes(3));
  CHECK(service.idle_for() == std::chrono::minutes(3));
  (void)send("GET", "/api/health");
  CHECK(service.idle_for() == std::chrono::minutes(0));
  auto page = events.subscribe();
  clock.advance(std::chrono::minutes(3));
  CHECK(service.idle_for() == std::chrono::minutes(0));
}

}  // namespace
}  // namespace start_claude::server
