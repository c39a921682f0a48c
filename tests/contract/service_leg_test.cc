// The contract on the real S3ObjectStore against s3-serve's service, without a network in between.

#include "http/transport.h"
#include "object_store_contract.h"
#include "s3/s3_object_store.h"
#include "server/s3_service.h"
#include "support/fake_clock.h"
#include "support/fake_random.h"
#include "support/memory_filesystem.h"
#include "support/waiting_time.h"

namespace start_claude::contract {
namespace {

s3::Credentials owner() {
  return {.access_key_id = "AKIDEXAMPLE", .secret_access_key = Secret("secret of the test")};
}

/// Hands requests over as a socket would: with the Host header that the transport adds.
class ServiceTransport final : public http::Transport {
 public:
  explicit ServiceTransport(server::S3Service& service) : service_(service) {}
  http::Reply send(const http::Request& request, const http::Limits&) override {
    http::Request arrived = request;
    arrived.headers.set("Host", request.uri.authority());
    arrived.headers.set("Content-Length", std::to_string(request.body.size()));
    http::Response answer = service_.handle(arrived);
    support::use_waiting_time(request);
    return answer;
  }

 private:
  server::S3Service& service_;
};

TEST_CASE("s3-serve") {
  support::FakeClock clock;
  support::FakeRandom random;
  support::MemoryFileSystem files{clock};
  auto service =
      server::S3Service::open(files, clock, random, {.folder = "/srv/s3", .credentials = owner()});
  REQUIRE(service);
  ServiceTransport transport(**service);
  s3::FixedCredentials credentials(owner());
  const auto endpoint = s3::resolve_endpoint({.url = "http://s3.example.org"}, "team");
  REQUIRE(endpoint);
  const auto device = [&] {
    return s3::S3ObjectStore(transport, clock, random, credentials, *endpoint, {});
  };
  REQUIRE(device().create_bucket("team"));
  auto here = device();
  auto there = device();
  check_object_store({.here = here, .there = there, .bucket = "team", .missing_bucket = "missing"});
}

}  // namespace
}  // namespace start_claude::contract
