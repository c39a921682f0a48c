// What s3-doctor asks a store: how it is asked, and what the answers mean.
#include <catch2/catch.hpp>

#include "unit/s3/store_fixture.h"

namespace start_claude::s3 {
namespace {

const http::Response ok_xml{
    .status = 200, .headers = {{"content-type", "application/xml"}, {"x-amz-request-id", "1"}}};

http::Response versioning_xml(const std::string& inside) {
  http::Response response = ok_xml;
  response.body =
      "<?xml version=\"1.0\"?><VersioningConfiguration "
      "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" +
      inside + "</VersioningConfiguration>";
  return response;
}

TEST_CASE("a permission is granted, denied, or not known") {
  struct Row {
    std::string answer;
    http::Reply reply;
    std::optional<Permission> permission;
  };
  const auto row = GENERATE(values<Row>(
      {{"200", ok_xml, Permission::granted},
       {"204", http::Response{.status = 204}, Permission::granted},
       {"AccessDenied", support::s3_error(403, "AccessDenied"), Permission::denied},
       {"NotImplemented", support::s3_error(501, "NotImplemented"), Permission::unknown},
       {"a login page", http::Response{.status = 200, .headers = {{"content-type", "text/html"}}},
        Permission::unknown},
       {"no name", http::Failure{http::FailureKind::name_not_resolved, "no such name"}, {}}}));
  INFO(row.answer);
  StoreFixture fixture;
  fixture.transport.answer(row.reply);
  auto store = fixture.store();
  const auto permission = store.remove(config_object, "");
  CHECK(permission.has_value() == row.permission.has_value());
  if (permission) CHECK(*permission == row.permission);
  CHECK(fixture.sent(0).method == "DELETE");
  CHECK(fixture.sent(0).uri.text() == "https://s3.example.org:9000/team/config.json");
}

TEST_CASE("each question goes to its own address, in both ways of addressing") {
  StoreFixture fixture;
  for (int i = 0; i < 6; ++i) fixture.transport.answer(ok_xml);
  auto own = fixture.store();
  auto amazon = fixture.amazon();
  CHECK(own.may_list_buckets());
  CHECK(amazon.may_list_buckets());
  CHECK(own.may_list_objects("team"));
  CHECK(amazon.may_list_objects("team"));
  CHECK(amazon.versioning("team"));
  CHECK(own.remove(config_object, "v/1"));
  const std::vector<std::string> expected = {
      "https://s3.example.org:9000/",
      "https://s3.us-east-1.amazonaws.com/",
      "https://s3.example.org:9000/team?list-type=2&max-keys=1",
      "https://team.s3.us-east-1.amazonaws.com/?list-type=2&max-keys=1",
      "https://team.s3.us-east-1.amazonaws.com/?versioning=",
      "https://s3.example.org:9000/team/config.json?versionId=v%2F1"};
  std::vector<std::string> asked;
  for (const auto& request : fixture.transport.requests) asked.push_back(request.uri.text());
  CHECK(asked == expected);
}

TEST_CASE("versioning is on, suspended, off, or not known") {
  struct Row {
    std::string answer;
    http::Response response;
    Versioning versioning;
  };
  const auto row = GENERATE(values<Row>(
      {{"enabled", versioning_xml("<Status>Enabled</Status>"), Versioning::enabled},
       {"suspended", versioning_xml("<MfaDelete>Disabled</MfaDelete><Status>Suspended</Status>"),
        Versioning::suspended},
       {"never", versioning_xml(""), Versioning::off},
       {"something else", ok_xml, Versioning::unknown},
       {"denied", support::s3_error(403, "AccessDenied"), Versioning::unknown},
       {"R2", support::s3_error(501, "NotImplemented"), Versioning::unknown}}));
  INFO(row.answer);
  StoreFixture fixture;
  fixture.transport.answer(row.response);
  const auto versioning = fixture.store().versioning("team");
  REQUIRE(versioning);
  CHECK(*versioning == row.versioning);
}

TEST_CASE("the partition of a region is Amazon's name for it") {
  struct Row {
    std::string region;
    std::string partition;
  };
  const auto row = GENERATE(values<Row>({{"us-east-1", "aws"},
                                         {"eu-central-1", "aws"},
                                         {"cn-north-1", "aws-cn"},
                                         {"us-gov-west-1", "aws-us-gov"},
                                         {"eusc-de-east-1", "aws-eusc"},
                                         {"us-iso-east-1", "aws-iso"},
                                         {"us-isob-east-1", "aws-iso-b"},
                                         {"eu-isoe-west-1", "aws-iso-e"},
                                         {"us-isof-south-1", "aws-iso-f"},
                                         {"", "aws"},
                                         {"garage", "aws"}}));
  CHECK(partition_of(row.region) == row.partition);
}

}  // namespace
}  // namespace start_claude::s3
