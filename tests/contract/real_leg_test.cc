// The contract on the real S3ObjectStore against a real server, over HTTP.

#include "base/bytes.h"
#include "object_store_contract.h"
#include "real_server.h"
#include "s3/sigv4.h"

namespace start_claude::contract {
namespace {

void keep_versions(Device& device, const std::string& bucket) {
  http::Request request{.method = "PUT",
                        .uri = s3::bucket_uri(device.endpoint, bucket),
                        .body =
                            "<VersioningConfiguration "
                            "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                            "<Status>Enabled</Status></VersioningConfiguration>"};
  request.uri.query = "versioning=";
  request.headers.add("content-md5", base::to_base64(crypto::md5(request.body)));
  const auto credentials = device.credentials.credentials();
  REQUIRE(credentials);
  request = s3::sign(std::move(request), *credentials,
                     {.time = device.clock.now(), .region = device.endpoint.region});
  const auto reply = device.transport->send(request, {});
  REQUIRE(std::holds_alternative<http::Response>(reply));
  REQUIRE(std::get<http::Response>(reply).status == 200);
}

TEST_CASE("real server") {
  const Settings settings = real_server();
  const Way way{.wire = GENERATE(Way::Wire::plain, Way::Wire::tls),
                .addressing = GENERATE(s3::Addressing::path_style, s3::Addressing::virtual_hosted)};
  INFO(way.text());
  REQUIRE(settings.contains(way.endpoint_name()));
  const std::string bucket = new_bucket_name();
  Device owner(settings, credentials_of(settings), way);
  REQUIRE(owner.store.create_bucket(bucket));
  Device here(settings, credentials_of(settings), way);
  Device there(settings, credentials_of(settings), way);
  Subject subject{.here = here.store,
                  .there = there.store,
                  .bucket = bucket,
                  .missing_bucket = new_bucket_name(),
                  .if_match = conditions_of(settings),
                  .if_none_match = conditions_of(settings)};
  check_object_store(subject);
  // Not the rest with versions: Ceph before 2025 gets conditions wrong there (store_put_test.cc).
  SECTION("versions, in a bucket that keeps them") {
    keep_versions(owner, bucket);
    subject.keeps_versions = true;
    check_versions(subject);
  }
}

TEST_CASE("real server: who may not, and who is not known") {
  const Settings settings = real_server();
  const s3::ObjectLocation object{new_bucket_name(), "config.json"};
  Device owner(settings, credentials_of(settings));
  REQUIRE(owner.store.create_bucket(object.bucket));
  store(owner.store, object, "{}");

  SECTION("a wrong secret") {
    auto wrong = credentials_of(settings);
    wrong.secret_access_key = Secret("not the secret");
    Device device(settings, wrong);
    const auto outcome = device.store.get(object, std::nullopt);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().message == "the secret access key is wrong (403 SignatureDoesNotMatch)");
  }
  SECTION("no such key id") {
    auto unknown = credentials_of(settings);
    unknown.access_key_id = "AKIANOBODYHASTHISONE";
    Device device(settings, unknown);
    const auto outcome = device.store.get(object, std::nullopt);
    REQUIRE_FALSE(outcome);
    // Swift says of a key id that it does not know what it says of a wrong secret.
    CHECK(outcome.error().message ==
          (is_swift(settings) ? "the secret access key is wrong (403 SignatureDoesNotMatch)"
                              : "no such access key id (403 InvalidAccessKeyId)"));
  }
  if (settings.contains("S3_SECOND_ACCESS_KEY_ID")) {
    SECTION("somebody else") {
      Device device(settings, credentials_of(settings, "S3_SECOND_"));
      auto outcome = device.store.get(object, std::nullopt);
      REQUIRE(outcome);
      REQUIRE(std::holds_alternative<s3::ReadDenied>(*outcome));
      s3::Precondition condition = s3::IfAbsent{};
      if (is_swift(settings)) condition = s3::Unguarded{"Swift refuses conditions before keys"};
      const auto put = device.store.put(object, {.body = "{}", .metadata = {}}, condition);
      REQUIRE(put);
      REQUIRE(std::holds_alternative<s3::WriteDenied>(*put));
      CHECK(std::get<s3::WriteDenied>(*put).error.message.starts_with("not allowed to write " +
                                                                      object.text()));
      const auto taken = device.store.create_bucket(object.bucket);
      REQUIRE_FALSE(taken);
      // On Swift somebody else in the same account: elsewhere the name would be free.
      CHECK(taken.error().kind ==
            (is_swift(settings) ? ErrorKind::access_denied : ErrorKind::not_configured));
    }
  }
}

}  // namespace
}  // namespace start_claude::contract
