// What a run costs on the wire: requests counted at the transport, the real client above it and the
// real server's protocol below.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "s3/s3_object_store.h"
#include "server/s3_service.h"
#include "support/sync_device.h"
#include "support/waiting_time.h"

namespace start_claude::server {
namespace {

/// Hands every request to the service as a socket would, and notes its method.
class CountingTransport final : public http::Transport {
 public:
  explicit CountingTransport(S3Service& service) : service_(service) {}

  http::Reply send(const http::Request& request, const http::Limits&) override {
    methods.push_back(request.method);
    http::Request received = request;
    received.headers.set("Host", request.uri.authority());
    received.headers.set("Content-Length", std::to_string(request.body.size()));
    http::Response answer = service_.handle(received);
    support::use_waiting_time(request);
    return answer;
  }

  /// The methods since this was asked last: "GET", "PUT PUT HEAD".
  std::string taken() {
    std::string text;
    for (const std::string& method : methods) text += (text.empty() ? "" : " ") + method;
    methods.clear();
    return text;
  }

  std::vector<std::string> methods;

 private:
  S3Service& service_;
};

const s3::Credentials credentials{
    .access_key_id = "AKIAIOSFODNN7EXAMPLE",
    .secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")};
const std::string config_path = "/home/.start-claude/config.json";

/// A machine whose engine talks S3.
struct Machine {
  Machine(S3Service& service, const std::string& machine_name)
      : random(std::hash<std::string>{}(machine_name)), transport(service), name(machine_name) {
    (void)files.make_folder("/home/.start-claude", 0700);
  }

  sync::RunReport sync() {
    const sync::Paths paths = sync::paths_beside(config_path);
    const sync::RemoteName remote{"127.0.0.1:9010", "team", "config.json"};
    const auto traits = sync::State::load(files, paths.state).traits(remote);
    s3::S3ObjectStore store(transport, clock, random, provider,
                            {.base = {"http", "127.0.0.1", 9010, "/", ""}, .region = "us-east-1"},
                            {.etag_unquoted = traits.etag_unquoted});
    sync::Engine engine({files, clock, random, store, conversation},
                        {.paths = paths, .remote = remote, .host_name = name});
    auto report = engine.run({.occasion = resolve::Occasion::unattended});
    INFO((report ? "" : report.error().message));
    REQUIRE(report);
    return *std::move(report);
  }
  void edit(const std::string& model) {
    files.write_in_place(config_path, support::SyncDevice::configs({{"production", model}}));
  }

  support::FakeClock clock;
  support::FakeRandom random;  ///< each machine draws an id of its own
  support::MemoryFileSystem files{clock};
  support::ScriptedConversation conversation;
  s3::FixedCredentials provider{credentials};
  CountingTransport transport;
  std::string name;
};

TEST_CASE("requests of a run, counted at the transport") {
  support::FakeClock clock;
  support::FakeRandom random{9};
  support::MemoryFileSystem disk{clock};
  (void)disk.make_folder("/srv/team", 0700);
  auto service =
      S3Service::open(disk, clock, random, {.folder = "/srv", .credentials = credentials});
  REQUIRE(service);
  Machine lark(**service, "lark");
  Machine heron(**service, "heron");

  lark.edit("m1");
  CHECK(lark.sync().result == sync::RunResult::uploaded);
  // The first upload reads, writes, and measures whether both conditions are honoured.
  CHECK(lark.transport.taken() == "GET PUT PUT HEAD PUT");
  CHECK(heron.sync().result == sync::RunResult::downloaded);
  CHECK(heron.transport.taken() == "GET");

  SECTION("no change is one request") {
    CHECK(lark.sync().result == sync::RunResult::in_sync);
    CHECK(lark.transport.taken() == "GET");
  }
  SECTION("a local change is one upload, a remote one is one download") {
    lark.edit("m2");
    CHECK(lark.sync().result == sync::RunResult::uploaded);
    CHECK(lark.transport.taken() == "PUT");
    CHECK(heron.sync().result == sync::RunResult::downloaded);
    CHECK(heron.transport.taken() == "GET");
  }
  SECTION("a lost race is the refused upload, a download and an upload of both") {
    lark.edit("m2");
    (void)lark.sync();
    (void)heron.sync();
    // From here on both know that If-Match is understood, and a 412 means what it says.
    heron.edit("m3");
    (void)heron.sync();
    (void)lark.sync();
    lark.transport.methods.clear();
    heron.transport.methods.clear();
    heron.files.write_in_place(
        config_path, support::SyncDevice::configs({{"production", "m3"}, {"heron", "m1"}}));
    CHECK(heron.sync().result == sync::RunResult::uploaded);
    CHECK(heron.transport.taken() == "PUT");
    lark.edit("m4");
    CHECK(lark.sync().result == sync::RunResult::merged);
    CHECK(lark.transport.taken() == "PUT GET PUT");
  }
}

}  // namespace
}  // namespace start_claude::server
