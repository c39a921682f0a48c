#include <catch2/catch.hpp>

#include "s3/version_list.h"
#include "unit/s3/store_fixture.h"

namespace start_claude::s3 {
namespace {

const http::Response created{200, {{"Location", "/team"}}, ""};

TEST_CASE_METHOD(StoreFixture, "a bucket is created where the endpoint is") {
  const auto [region, body] = GENERATE(table<std::string, std::string>({
      {"us-east-1", ""},
      {"auto", ""},
      {"eu-west-1",
       "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
       "<LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>"},
  }));
  transport.answer(created);
  REQUIRE(store_at(endpoint("https://s3.example.org", region)).create_bucket("team"));
  CHECK(sent(0).method == "PUT");
  CHECK(sent(0).uri.text() == "https://s3.example.org/team");
  CHECK(sent(0).body == body);
  CHECK(header(0, "x-amz-acl") == "(none)");
}

TEST_CASE_METHOD(StoreFixture, "a bucket that is ours already is as good as new") {
  transport.answer(support::s3_error(409, "BucketAlreadyOwnedByYou"));
  CHECK(store().create_bucket("team"));
}

TEST_CASE_METHOD(StoreFixture, "why a bucket cannot be created") {
  const auto [code, kind] = GENERATE(table<std::string, ErrorKind>({
      {"BucketAlreadyExists", ErrorKind::not_configured},
      {"TooManyBuckets", ErrorKind::unexpected},
  }));
  transport.answer(support::s3_error(409, code));
  auto outcome = store().create_bucket("team");
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == kind);
}

TEST_CASE_METHOD(StoreFixture, "a store that does not know its own region is not told one") {
  transport.answer(support::s3_error(400, "InvalidLocationConstraint"));
  transport.answer(created);
  REQUIRE(store_at(endpoint("https://s3.example.org", "default")).create_bucket("team"));
  CHECK(sent(1).body.empty());

  transport.answer(support::s3_error(400, "InvalidLocationConstraint"));
  CHECK_FALSE(store_at(endpoint({}, "eu-west-9")).create_bucket("team"));
}

const std::string list_head =
    "<?xml version=\"1.0\"?><ListVersionsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
    "<Name>team</Name><Prefix>config.json</Prefix><MaxKeys>1000</MaxKeys>";

std::string version_xml(const std::string& key, const std::string& id, const std::string& time) {
  return "<Version><Key>" + key + "</Key><VersionId>" + id +
         "</VersionId><IsLatest>false</IsLatest><LastModified>" + time +
         "</LastModified><ETag>&quot;e-" + id +
         "&quot;</ETag><Size>17</Size>"
         "<Owner><ID>1</ID></Owner></Version>";
}

http::Response listing(const std::string& content) {
  return {
      200, {{"content-type", "application/xml"}}, list_head + content + "</ListVersionsResult>"};
}

TEST_CASE_METHOD(StoreFixture, "versions come newest first, deletions among them") {
  transport.answer(listing(
      version_xml("config.json", "v1", "2026-11-20T08:00:00.000Z") +
      version_xml("config.json", "v3", "2026-11-22T08:00:00.000Z") +
      version_xml("config.json.bak", "other", "2026-11-23T08:00:00.000Z") +
      "<DeleteMarker><Key>config.json</Key><VersionId>v2</VersionId><IsLatest>false</IsLatest>"
      "<LastModified>2026-11-21T08:00:00.000Z</LastModified></DeleteMarker>"
      "<IsTruncated>false</IsTruncated>"));
  auto outcome = store().list_versions(config_object);
  REQUIRE(outcome);
  const auto& versions = std::get<std::vector<ObjectVersion>>(*outcome);
  REQUIRE(versions.size() == 3);
  CHECK(versions[0] == ObjectVersion{.version_id = "v3",
                                     .last_modified = *base::parse_time("2026-11-22T08:00:00Z"),
                                     .etag = {"\"e-v3\""},
                                     .size_bytes = 17});
  CHECK(versions[1].version_id == "v2");
  CHECK(versions[1].is_deletion);
  CHECK(versions[2].version_id == "v1");
  CHECK(sent(0).uri.target() == "/team?max-keys=1000&prefix=config.json&versions=");
}

TEST_CASE_METHOD(StoreFixture, "the next page is asked for while it can name the object") {
  transport.answer(
      listing(version_xml("config.json", "v2", "2026-11-22T08:00:00Z") +
              "<IsTruncated>true</IsTruncated><NextKeyMarker>config.json</NextKeyMarker>"
              "<NextVersionIdMarker>v2=</NextVersionIdMarker>"));
  transport.answer(listing(version_xml("config.json", "v1", "2026-11-21T08:00:00Z") +
                           "<IsTruncated>true</IsTruncated>"
                           "<NextKeyMarker>config.json.bak</NextKeyMarker>"));
  auto outcome = store().list_versions(config_object);
  REQUIRE(outcome);
  CHECK(std::get<std::vector<ObjectVersion>>(*outcome).size() == 2);
  CHECK(
      sent(1).uri.query ==
      "key-marker=config.json&max-keys=1000&prefix=config.json&version-id-marker=v2%3D&versions=");
  CHECK(sent_count() == 2);
}

TEST_CASE_METHOD(StoreFixture, "pages without end come to an end") {
  for (int i = 0; i < 20; ++i) {
    transport.answer(
        listing("<IsTruncated>true</IsTruncated><NextKeyMarker>config.json"
                "</NextKeyMarker>"));
  }
  CHECK(store().list_versions(config_object));
  CHECK(sent_count() == 20);
}

TEST_CASE_METHOD(StoreFixture, "stores that list no versions") {
  const http::Response response = GENERATE(values<http::Response>(
      {support::s3_error(501, "NotImplemented"),
       support::s3_error(405, "MethodNotAllowed"),
       {200, {}, "<ListBucketResult><Name>team</Name></ListBucketResult>"}}));
  transport.answer(response);
  auto outcome = store().list_versions(config_object);
  REQUIRE(outcome);
  CHECK(std::holds_alternative<NotSupported>(*outcome));
}

TEST_CASE_METHOD(StoreFixture, "versions nobody may list are an error, not an empty list") {
  transport.answer(support::s3_error(403, "AccessDenied"));
  auto outcome = store().list_versions(config_object);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().hint == "the key needs s3:ListBucketVersions on this bucket");
}

}  // namespace
}  // namespace start_claude::s3
