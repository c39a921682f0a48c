// A machine the commands run on, and the S3 server it talks to: all in memory, on one clock.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/host.h"
#include "cli/machine_memory.h"
#include "s3/sigv4.h"
#include "server/s3_service.h"
#include "support/fake_clock.h"
#include "support/fake_environment.h"
#include "support/fake_programs.h"
#include "support/fake_random.h"
#include "support/fake_terminal.h"
#include "support/memory_filesystem.h"
#include "support/scripted_transport.h"
#include "support/waiting_time.h"

namespace start_claude::cli {

inline const std::string test_bucket = "team";

/// s3-serve without a network, which can be down and counts what it is asked.
class TestServer {
 public:
  explicit TestServer(support::FakeClock& clock) : clock_(clock), files_(clock) {
    auto opened = server::S3Service::open(files_, clock, random_,
                                          {.folder = "/srv/s3", .credentials = owner()});
    REQUIRE(opened);
    service_ = *std::move(opened);
    REQUIRE(files_.make_folder("/srv/s3/" + test_bucket, 0700).index() == 0);
  }

  bool is_down = false;
  std::string region = {};  ///< the only one it takes signatures for; empty: any
  bool denies_put = false;  ///< to the owner's own key; other key ids may do everything
  bool denies_get = false;
  bool is_object_too_large = false;  ///< to be read; until the next PUT
  bool takes_unquoted_only = false;  ///< If-Match with the quotes gets 412, as of old Cephs
  std::vector<std::string> methods;  ///< of the requests that arrived, oldest first

  std::size_t count(const std::string& method) const {
    return static_cast<std::size_t>(std::count(methods.begin(), methods.end(), method));
  }

  /// Stores or deletes an object as another program would.
  void put(const std::string& key, const std::string& body, http::Headers headers = {}) {
    tell("PUT", key, body, std::move(headers));
  }
  void remove(const std::string& key) { tell("DELETE", key, "", {}); }

  std::unique_ptr<http::Transport> connect() { return std::make_unique<Wire>(*this); }

  static s3::Credentials owner() {
    return {.access_key_id = "AKIDEXAMPLE", .secret_access_key = Secret("hush")};
  }

 private:
  /// Hands requests over as a socket would: with the headers that the transport adds.
  class Wire final : public http::Transport {
   public:
    explicit Wire(TestServer& server) : server_(server) {}
    http::Reply send(const http::Request& request, const http::Limits&) override {
      if (server_.is_down) {
        return http::Failure{http::FailureKind::not_connected, "connection refused"};
      }
      server_.methods.push_back(request.method);
      if (server_.is_object_too_large && request.method == "GET") {
        return http::Failure{http::FailureKind::too_large, "the answer is larger than 8 MiB"};
      }
      if (request.method == "PUT") server_.is_object_too_large = false;
      http::Request arrived = request;
      arrived.headers.set("Host", request.uri.authority());
      arrived.headers.set("Content-Length", std::to_string(request.body.size()));
      const std::string credential = "Credential=" + owner().access_key_id + '/';
      const std::string who = request.headers.find("authorization").value_or("");
      if (who.find(credential) == std::string::npos) {
        arrived = server_.signed_by_owner(std::move(arrived));
      } else if ((server_.denies_put && request.method == "PUT") ||
                 (server_.denies_get && request.method != "PUT")) {
        return support::s3_error(403, "AccessDenied");
      }
      const std::string signed_for = request.headers.find("authorization").value_or("");
      const bool is_in_region = signed_for.find('/' + server_.region + "/s3/") != std::string::npos;
      if (!server_.region.empty() && !is_in_region) {
        return support::s3_error(400, "AuthorizationHeaderMalformed",
                                 "<Region>" + server_.region + "</Region>");
      }
      if (server_.takes_unquoted_only) {
        if (const auto etag = arrived.headers.find("if-match")) {
          if (etag->starts_with('"')) return support::s3_error(412, "PreconditionFailed");
          arrived.headers.set("if-match", '"' + std::string(*etag) + '"');
          arrived = server_.signed_by_owner(std::move(arrived));
        }
      }
      http::Response answer = server_.service_->handle(arrived);
      support::use_waiting_time(request);
      return answer;
    }

   private:
    TestServer& server_;
  };

  void tell(const std::string& method, const std::string& key, const std::string& body,
            http::Headers headers) {
    http::Request request{.method = method, .headers = std::move(headers), .body = body};
    request.uri = *http::parse_uri("http://127.0.0.1:9010/" + test_bucket + '/' + key);
    request.headers.set("Host", request.uri.authority());
    request.headers.set("Content-Length", std::to_string(body.size()));
    const auto reply = service_->handle(signed_by_owner(std::move(request)));
    REQUIRE(reply.status < 300);
  }

  /// Signed again, because the condition or the key id is another one.
  http::Request signed_by_owner(http::Request request) const {
    for (const char* name : {"authorization", "x-amz-date", "x-amz-content-sha256"}) {
      request.headers.remove(name);
    }
    return s3::sign(std::move(request), owner(), {clock_.now(), "us-east-1"});
  }

  support::FakeClock& clock_;
  support::FakeRandom random_;
  support::MemoryFileSystem files_;
  std::unique_ptr<server::S3Service> service_;
};

inline const std::string test_config = "/home/me/.start-claude/config.json";

struct Machine {
  Machine(support::FakeClock& shared_clock, TestServer& server, const std::string& name)
      : clock(shared_clock), files(clock), random(seed_from(name)) {
    environment.host = name;
    REQUIRE(files.make_folder("/home/me/.start-claude", 0700).index() == 0);
    host.make_transport = [&server](const http::CurlOptions&) { return server.connect(); };
  }

  /// Two machines draw different ids.
  static std::uint64_t seed_from(const std::string& name) {
    std::uint64_t seed = 1;
    for (const char letter : name) seed = seed * 31 + static_cast<unsigned char>(letter);
    return seed;
  }
  /// config.json with one profile of that model, and S3 settings with `more` members
  /// (`,"autoUpload":true`).
  static std::string config(const std::string& model, const std::string& more = {}) {
    return R"({"configs":[{"name":"production","model":")" + model +
           R"("}],"settings":{"s3Sync":{"bucket":"team","region":"us-east-1",)"
           R"("endpointUrl":"http://127.0.0.1:9010","accessKeyId":"AKIDEXAMPLE",)"
           R"("secretAccessKey":"hush","key":"c.json")" +
           more + "}}}";
  }
  void edit(const std::string& model, const std::string& more = {}) {
    files.write_in_place(test_config, config(model, more));
  }
  std::string local() const { return files.text_of(test_config).value_or(""); }
  /// What its journal keeps, newest first.
  std::vector<sync::KeptEntry> kept() {
    auto memory = MachineMemory::open(host, sync::paths_beside(test_config));
    REQUIRE(memory);
    auto contents = (*memory)->memory().contents();
    REQUIRE(contents);
    return *std::move(contents);
  }
  /// Whether a content with that in it is among them.
  bool keeps(const std::string& part) {
    const auto all = kept();
    return std::any_of(all.begin(), all.end(), [&](const sync::KeptEntry& entry) {
      return entry.content.text.view().find(part) != std::string::npos;
    });
  }
  bool has_model(const std::string& model) const {
    return local().find('"' + model + '"') != std::string::npos;
  }

  support::FakeClock& clock;
  support::MemoryFileSystem files;
  support::FakeRandom random;
  support::FakeEnvironment environment{{{"HOME", "/home/me"}}};
  support::FakeTerminal terminal;
  support::FakePrograms programs;
  Host host{clock, files, random, environment, terminal, programs, {}};
};

}  // namespace start_claude::cli
