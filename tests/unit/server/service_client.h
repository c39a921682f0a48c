// A signing client of an S3Service, without a network between them.
#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <utility>

#include "platform/filesystem.h"
#include "s3/sigv4.h"
#include "server/s3_service.h"
#include "support/fake_clock.h"
#include "support/fake_random.h"
#include "support/memory_filesystem.h"

namespace start_claude::server {

inline s3::Credentials test_credentials() {
  return {"AKIDEXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")};
}

/// "/bucket/key?query" as it goes over the wire, not signed.
inline http::Request unsigned_request(std::string method, const std::string& target,
                                      std::string body = {}, const http::Headers& headers = {}) {
  http::Request request{std::move(method), {.scheme = "http", .host = "s3.localhost"}, headers, {}};
  const auto question_mark = std::min(target.find('?'), target.size());
  request.uri.path = target.substr(0, question_mark);
  if (question_mark < target.size()) request.uri.query = target.substr(question_mark + 1);
  request.headers.add("Host", request.uri.authority());
  request.body = std::move(body);
  return request;
}

/// A server over a file system in memory, which survives the server.
class TestService {
 public:
  support::FakeClock clock;
  support::FakeRandom random;
  support::MemoryFileSystem files{clock};

  TestService() { start(); }

  /// As after a restart of the process; the old one, if any, is gone.
  void start(S3ServerOptions options = {}) {
    service_.reset();
    options.folder = "/srv/s3";
    options.credentials = test_credentials();
    auto opened = S3Service::open(files, clock, random, std::move(options));
    REQUIRE(opened);
    service_ = *std::move(opened);
  }
  S3Service& service() { return *service_; }
  void kill() { service_.reset(); }

  http::Request signed_now(http::Request request) {
    return s3::sign(std::move(request), test_credentials(), {clock.now(), "us-east-1"});
  }
  http::Response send(std::string method, const std::string& target, std::string body = {},
                      const http::Headers& headers = {}) {
    return service_->handle(
        signed_now(unsigned_request(std::move(method), target, std::move(body), headers)));
  }

 private:
  std::unique_ptr<S3Service> service_;
};

/// The text of the first element of that name; empty if there is none.
inline std::string element(const http::Response& response, const std::string& name) {
  const auto start = response.body.find("<" + name + ">");
  if (start == std::string::npos) return {};
  const auto from = start + name.size() + 2;
  return response.body.substr(from, response.body.find("</" + name + ">", from) - from);
}

/// "200", or "404 NoSuchKey": what a row of a table expects.
inline std::string outcome(const http::Response& response) {
  const std::string code = element(response, "Code");
  return std::to_string(response.status) + (code.empty() ? "" : " " + code);
}

}  // namespace start_claude::server
