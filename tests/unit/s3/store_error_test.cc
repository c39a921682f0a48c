#include "s3/store_error.h"

#include <catch2/catch.hpp>

#include "support/scripted_transport.h"

namespace start_claude::s3 {
namespace {

using namespace std::chrono_literals;

const ErrorContext context{.object = {"team", "config.json"},
                           .host = "s3.example.org",
                           .region = "us-east-1",
                           .credentials_source = "AWS_ACCESS_KEY_ID",
                           .skew = 24h + 3s,
                           .attempts = 4};

Error explained(const http::Response& response, ErrorContext asked = context) {
  const auto error = parse_error_response(response.body);
  return error_from_reply(classify({.operation = asked.operation}, response, error), response,
                          error, asked);
}

struct Row {
  int status;
  const char* code;
  ErrorKind kind;
  std::string message;
  std::string hint;
  std::string more = {};
};

TEST_CASE("every cause has its words, its next step and its exit code") {
  const auto row = GENERATE(values<Row>({
      {403, "SignatureDoesNotMatch", ErrorKind::access_denied,
       "the secret access key is wrong (403 SignatureDoesNotMatch)",
       "enter it again with s3-setup (they come from AWS_ACCESS_KEY_ID); if it is right, something "
       "on the way changes requests"},
      {403, "InvalidAccessKeyId", ErrorKind::access_denied,
       "no such access key id (403 InvalidAccessKeyId)",
       "run s3-setup; Enter keeps what is still right (they come from AWS_ACCESS_KEY_ID)"},
      {401, "Unauthorized", ErrorKind::access_denied,
       "s3.example.org refuses these credentials (401 Unauthorized)",
       "run s3-setup; Enter keeps what is still right (they come from AWS_ACCESS_KEY_ID)"},
      {403, "AccessDenied", ErrorKind::access_denied,
       "not allowed to read s3://team/config.json: \"explicit deny in a service control policy\" "
       "(403 AccessDenied)",
       "the key needs s3:GetObject on this object; start-claude s3-doctor --policy prints all it "
       "needs",
       "<Message>explicit deny in a service control policy</Message>"},
      {403, "AccessDenied", ErrorKind::access_denied,
       "not allowed to read s3://team/config.json: \"red ?[31m & text.\" (403 AccessDenied)",
       "the key needs s3:GetObject on this object; start-claude s3-doctor --policy prints all it "
       "needs",
       "<Message> red \x1b[31m &amp; text. </Message>"},
      {403, "AccessDenied", ErrorKind::access_denied,
       "not allowed to read s3://team/config.json (403 AccessDenied)",
       "the key needs s3:GetObject on this object; start-claude s3-doctor --policy prints all it "
       "needs",
       "<Message> </Message>"},
      {403, "RequestTimeTooSkewed", ErrorKind::access_denied,
       "this clock is 24 h 0 min behind the server (403 RequestTimeTooSkewed)",
       "set this machine's clock, for example with: timedatectl set-ntp true"},
      {400, "ExpiredToken", ErrorKind::access_denied,
       "the session credentials have expired (400 ExpiredToken)",
       "get new ones, they come from AWS_ACCESS_KEY_ID; or store a key that does not expire with "
       "s3-setup"},
      {400, "AuthorizationHeaderMalformed", ErrorKind::not_configured,
       "the bucket team is in region garage, not us-east-1 (400 AuthorizationHeaderMalformed)",
       "run s3-setup with --region garage", "<Region>garage</Region>"},
      {400, "AuthorizationHeaderMalformed", ErrorKind::access_denied,
       "s3.example.org cannot read the signature (400 AuthorizationHeaderMalformed)",
       "check the access key id and the region with s3-setup"},
      {400, "IllegalLocationConstraintException", ErrorKind::not_configured,
       "s3.example.org does not serve the bucket team for region us-east-1 "
       "(400 IllegalLocationConstraintException)",
       "check the region and the endpoint URL with s3-setup"},
      {404, "NoSuchBucket", ErrorKind::no_such_bucket, "no such bucket: team",
       "check its name and the endpoint, or create it with s3-setup --create-bucket"},
      {503, "SlowDown", ErrorKind::unreachable,
       "s3.example.org answers 503 SlowDown after 4 attempts",
       "it is overloaded or out of order; try again later"},
      {400, "BadDigest", ErrorKind::unreachable,
       "the request to s3.example.org was altered on the way (400 BadDigest)",
       "look for a proxy that changes requests between here and s3.example.org"},
      {501, "NotImplemented", ErrorKind::unexpected,
       "s3.example.org does not support the header x-amz-acl (501 NotImplemented)",
       "check the endpoint URL; s3-doctor --write shows what this store can do",
       "<Header>x-amz-acl</Header>"},
      {501, "NotImplemented", ErrorKind::unexpected,
       "s3.example.org does not support this kind of request (501 NotImplemented)",
       "check the endpoint URL; s3-doctor --write shows what this store can do"},
      {403, "AllAccessDisabled", ErrorKind::access_denied,
       "s3.example.org refused with 403 AllAccessDisabled: Said by the server",
       "the service's documentation explains this code"},
      {400, "InvalidArgument", ErrorKind::unexpected,
       "s3.example.org refused with 400 InvalidArgument: red ?[31m text",
       "the service's documentation explains this code", "<Message>red \x1b[31m text.</Message>"},
      {403, "AccessDenied", ErrorKind::access_denied,
       "the KMS key that encrypts s3://team/config.json may not be used by this access key (403 "
       "AccessDenied)",
       "allow it kms:Decrypt and kms:GenerateDataKey on that KMS key",
       "<Message>User: x is not authorized to perform: kms:Decrypt on resource: y</Message>"},
      {400, "KMS.DisabledException", ErrorKind::access_denied,
       "the KMS key that encrypts s3://team/config.json cannot be used (400 "
       "KMS.DisabledException)",
       "have it enabled again, or the bucket's default encryption changed"},
      {400, "InvalidArgument", ErrorKind::access_denied,
       "the KMS key that encrypts s3://team/config.json is only used over https (400 "
       "InvalidArgument)",
       "set an endpoint that begins with https:// with s3-setup",
       "<Message>Requests specifying Server Side Encryption with AWS KMS managed keys must be made "
       "over a secure connection.</Message>"},
  }));
  CAPTURE(row.code);
  const Error error = explained(support::s3_error(row.status, row.code, row.more));
  CHECK(error.kind == row.kind);
  CHECK(error.message == row.message);
  CHECK(error.hint == row.hint);
}

TEST_CASE("a denied permission is named by what was asked") {
  const auto [operation, message, hint] = GENERATE(table<Operation, std::string, std::string>({
      {Operation::put_object, "not allowed to write s3://team/config.json",
       "the key needs s3:PutObject on this object; start-claude s3-doctor --policy prints all it "
       "needs"},
      {Operation::get_version, "not allowed to read earlier versions of s3://team/config.json",
       "the key needs s3:GetObjectVersion on this object"},
      {Operation::list_versions, "not allowed to list the versions of s3://team/config.json",
       "the key needs s3:ListBucketVersions on this bucket"},
      {Operation::create_bucket, "not allowed to create the bucket team",
       "the key needs s3:CreateBucket; or have the bucket created by someone who may"},
  }));
  ErrorContext asked = context;
  asked.operation = operation;
  const Error error = explained(support::s3_error(403, "AccessDenied"), asked);
  CHECK(error == Error{ErrorKind::access_denied,
                       message + ": \"Said by the server\" (403 AccessDenied)", hint});
}

TEST_CASE("a condition that is not supported is called so") {
  const Error error =
      error_from_reply(Reply::condition_not_supported, {501, {}, ""}, std::nullopt, context);
  CHECK(error.message == "s3.example.org does not support conditional writes (501)");
}

TEST_CASE("what is not S3 is called so") {
  const Error error = explained({200, {{"content-type", "text/html"}}, "<html>Sign in</html>"});
  CHECK(error.kind == ErrorKind::unreachable);
  CHECK(error.message == "s3.example.org answered with a web page instead of S3 (200)");
  CHECK(error.hint == "sign in to this network if it has a login page, or check the endpoint URL");
}

TEST_CASE("a reply without a reason does not get one") {
  CHECK(explained({418, {}, ""}).message == "s3.example.org refused with 418 and gave no reason");
}

TEST_CASE("a transport's failure keeps its reason and exits as unreachable") {
  const Error error = error_from_failure(
      {http::FailureKind::not_connected, "could not connect to h port 1"}, context);
  CHECK(error.kind == ErrorKind::unreachable);
  CHECK(error.message == "could not connect to h port 1");
  CHECK(error.hint == "check that the server runs, and the endpoint's host and port");
  CHECK(error_from_failure({http::FailureKind::too_large, "64 MB"}, context).kind ==
        ErrorKind::invalid_data);
}

TEST_CASE("every way a connection fails has its next step") {
  using Kind = http::FailureKind;
  const auto [kind, hint] = GENERATE(table<Kind, std::string>({
      {Kind::name_not_resolved, "check the endpoint URL and this machine's network"},
      {Kind::not_connected, "check that the server runs, and the endpoint's host and port"},
      {Kind::tls_not_trusted,
       "if s3.example.org has a certificate authority of its own, name its PEM file: s3-setup "
       "--ca-file FILE"},
      {Kind::tls_too_old, "TLS 1.2 is the oldest that is safe: have the server updated"},
      {Kind::tls_failed, "check the endpoint URL: its port may not speak HTTPS"},
      {Kind::timed_out, "try again, or allow more time with --timeout"},
      {Kind::connection_lost, "try again later"},
      {Kind::malformed_response, "try again later"},
      {Kind::proxy_denied,
       "check the user and password in the proxy's address (HTTPS_PROXY, HTTP_PROXY)"},
      {Kind::proxy_failed, "check HTTPS_PROXY and NO_PROXY"},
      {Kind::too_large,
       "this is too large to be a configuration: check the file path in the bucket"},
  }));
  CAPTURE(hint);
  CHECK(error_from_failure({kind, "reason"}, context).hint == hint);
}

TEST_CASE("a clock's error is told with its direction") {
  CHECK(format_skew(24h) == "24 h 0 min behind the server");
  CHECK(format_skew(-(3min + 2s)) == "3 min 2 s ahead of the server");
}

}  // namespace
}  // namespace start_claude::s3
