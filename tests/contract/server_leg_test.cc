// The contract on all that is real: S3ObjectStore, curl, a socket, s3-serve, a disk.

#include "http/curl_transport.h"
#include "object_store_contract.h"
#include "s3/s3_object_store.h"
#include "support/running_s3_server.h"

namespace start_claude::contract {
namespace {

TEST_CASE("s3-serve over the network") {
  const s3::Credentials owner{.access_key_id = "AKIDEXAMPLE",
                              .secret_access_key = Secret("secret of the test")};
  support::RunningS3Server server(owner);
  // curl takes every name under localhost for this machine.
  const std::string by_name = "http://s3.localhost:" + std::to_string(server.port());
  s3::EndpointOptions way{.url = server.url()};
  SECTION("by its address") {}
  SECTION("by a name") { way.url = by_name; }
  SECTION("by a name, and the bucket's in front of it") {
    way.url = by_name;
    way.addressing = s3::Addressing::virtual_hosted;
  }
  const auto endpoint = s3::resolve_endpoint(way, "team");
  REQUIRE(endpoint);
  INFO(s3::bucket_uri(*endpoint, "team").text());
  s3::FixedCredentials credentials(owner);
  const auto here_transport = http::make_curl_transport({});
  const auto there_transport = http::make_curl_transport({});
  const auto device = [&](http::Transport& transport) {
    return s3::S3ObjectStore(transport, server.clock(), server.random(), credentials, *endpoint,
                             {});
  };
  REQUIRE(device(*here_transport).create_bucket("team"));
  auto here = device(*here_transport);
  auto there = device(*there_transport);
  check_object_store({.here = here, .there = there, .bucket = "team", .missing_bucket = "missing"});
}

}  // namespace
}  // namespace start_claude::contract
