#include "s3/reply.h"

#include <catch2/catch.hpp>

#include "support/scripted_transport.h"

namespace start_claude::s3 {
namespace {

constexpr Asked get{Operation::get_object, Condition::none};
constexpr Asked get_if_new{Operation::get_object, Condition::if_none_match};
constexpr Asked version{Operation::get_version, Condition::none};
constexpr Asked put{Operation::put_object, Condition::none};
constexpr Asked put_if_absent{Operation::put_object, Condition::if_none_match};
constexpr Asked put_if_match{Operation::put_object, Condition::if_match};
constexpr Asked create{Operation::create_bucket, Condition::none};

Reply classified(const Asked& asked, const http::Response& response) {
  return classify(asked, response, parse_error_response(response.body));
}

struct CodeRow {
  Asked asked;
  int status;
  const char* code;
  Reply reply;
  std::string more = {};
};

const std::string names_if_match = "<Header>If-Match</Header>";
const std::string names_if_none_match = "<Header>If-None-Match</Header>";
const std::string names_acl = "<Header>x-amz-acl</Header>";
const std::string wants_md5 =
    "<Message>Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with "
    "Object Lock parameters</Message>";
const std::string wants_checksum =
    "<Message>x-amz-checksum-sha256 is required with Object Lock</Message>";

const std::string denies_decrypt =
    "<Message>User: arn:aws:iam::1:user/x is not authorized to perform: kms:Decrypt</Message>";

TEST_CASE("what an error of S3 means") {
  const auto row = GENERATE(values<CodeRow>({
      {get, 404, "NoSuchKey", Reply::no_such_key},
      {put_if_match, 404, "NoSuchKey", Reply::no_such_key},
      {version, 404, "NoSuchVersion", Reply::no_such_key},
      {get, 404, "NoSuchBucket", Reply::no_such_bucket},
      {put_if_match, 404, "NoSuchBucket", Reply::no_such_bucket},
      {get, 404, "NoSuchUpload", Reply::other},
      {get, 404, "NotFound", Reply::no_such_key},
      {get, 400, "NotFound", Reply::other},
      {put_if_match, 412, "PreconditionFailed", Reply::precondition_failed},
      {put_if_absent, 409, "ConditionalRequestConflict", Reply::precondition_failed},
      {put_if_absent, 409, "InvalidBucketState", Reply::other},
      {put_if_absent, 409, "OperationAborted", Reply::try_later},
      {get, 403, "AccessDenied", Reply::access_denied},
      {get, 403, "AccessDenied", Reply::encryption_key_refused, denies_decrypt},
      {put, 403, "AccessDenied", Reply::encryption_key_refused, denies_decrypt},
      {put, 400, "KMS.DisabledException", Reply::encryption_key_refused},
      {put, 400, "InvalidRegion", Reply::wrong_region},
      {get, 403, "SignatureDoesNotMatch", Reply::credentials_refused},
      {get, 403, "InvalidAccessKeyId", Reply::credentials_refused},
      {get, 401, "Unauthorized", Reply::credentials_refused},
      {get, 400, "InvalidToken", Reply::credentials_refused},
      {get, 403, "InvalidSecurity", Reply::credentials_refused},
      {get, 403, "NotSignedUp", Reply::credentials_refused},
      {get, 403, "AllAccessDisabled", Reply::other},
      {get, 400, "ExpiredToken", Reply::credentials_expired},
      {get, 400, "TokenRefreshRequired", Reply::credentials_expired},
      {get, 403, "RequestTimeTooSkewed", Reply::clock_refused},
      {get, 403, "RequestExpired", Reply::clock_refused},
      {get, 301, "PermanentRedirect", Reply::wrong_region},
      {get, 307, "TemporaryRedirect", Reply::wrong_region},
      {get, 307, "Redirect", Reply::wrong_region},
      {get, 400, "AuthorizationHeaderMalformed", Reply::wrong_region},
      {create, 400, "IllegalLocationConstraintException", Reply::wrong_region},
      {put, 400, "XAmzContentSHA256Mismatch", Reply::altered_on_the_way},
      {put, 400, "BadDigest", Reply::altered_on_the_way},
      {put, 400, "IncompleteBody", Reply::altered_on_the_way},
      {put, 400, "InvalidRequest", Reply::content_md5_required, wants_md5},
      {put, 400, "InvalidRequest", Reply::content_md5_required, wants_checksum},
      {put, 400, "MissingContentMD5", Reply::content_md5_required},
      {get, 400, "InvalidRequest", Reply::other, wants_md5},
      {put, 400, "InvalidRequest", Reply::other},
      {get, 503, "SlowDown", Reply::try_later},
      {get, 500, "InternalError", Reply::try_later},
      {get, 429, "TooManyRequests", Reply::try_later},
      {get, 400, "RequestTimeout", Reply::try_later},
      // What counts is the code, whatever a gateway makes of the status.
      {get, 400, "SlowDown", Reply::try_later},
      {get, 400, "ServiceUnavailable", Reply::try_later},
      {get, 400, "InternalError", Reply::try_later},
      {get, 400, "TooManyRequests", Reply::try_later},
      {get, 503, "NameOfNextYear", Reply::try_later},
      {put_if_absent, 501, "NotImplemented", Reply::condition_not_supported},
      {put_if_absent, 501, "NotImplemented", Reply::condition_not_supported, names_if_none_match},
      {put_if_match, 400, "InvalidArgument", Reply::condition_not_supported, names_if_match},
      {put_if_absent, 400, "InvalidRequest", Reply::condition_not_supported},
      {put_if_absent, 400, "BadRequest", Reply::condition_not_supported},
      {put_if_match, 400, "UnsupportedHeader", Reply::condition_not_supported},
      {put_if_match, 400, "NotSupported", Reply::condition_not_supported},
      {put_if_match, 405, "MethodNotAllowed", Reply::condition_not_supported},
      {put_if_match, 400, "EntityTooLarge", Reply::other},
      {put, 405, "MethodNotAllowed", Reply::other},
      {get_if_new, 400, "InvalidRequest", Reply::other},
      {put_if_match, 501, "NotImplemented", Reply::other, names_acl},
      {put, 501, "NotImplemented", Reply::other, names_if_match},
      {create, 409, "BucketAlreadyOwnedByYou", Reply::bucket_already_ours},
      {create, 409, "BucketAlreadyExists", Reply::bucket_of_someone_else},
  }));
  // The second <Message> or <Header> wins, as the rows add theirs after the usual one.
  CAPTURE(row.status, row.code, row.more);
  CHECK(classified(row.asked, support::s3_error(row.status, row.code, row.more)) == row.reply);
}

TEST_CASE("a status that may pass is tried again, with or without a code") {
  const int status = GENERATE(408, 429, 500, 502, 503, 504);
  CAPTURE(status);
  CHECK(classified(get, {status, {}, ""}) == Reply::try_later);
  CHECK(classified(put_if_match, {status, {}, ""}) == Reply::try_later);
  CHECK(classified(get, support::s3_error(status, "NameOfNextYear")) == Reply::try_later);
}

struct BareRow {
  const char* what;
  Asked asked;
  http::Response response;
  Reply reply;
};

const std::string page = "\n<!DOCTYPE HTML><html><body>Sign in</body></html>";

TEST_CASE("what a reply without an error code means") {
  const auto row = GENERATE(values<BareRow>({
      {"an object", get, {200, {{"content-type", "application/json"}}, "{}"}, Reply::ok},
      {"a stored object", put, {200, {{"etag", "\"1\""}}, ""}, Reply::ok},
      {"a login page by its type",
       get,
       {200, {{"content-type", "text/html"}}, "hi"},
       Reply::not_from_s3},
      {"a login page by its looks",
       get,
       {200, {{"content-type", "application/json"}}, page},
       Reply::not_from_s3},
      {"a page behind CloudFront", get, {200, {{"x-amz-cf-id", "1"}}, page}, Reply::not_from_s3},
      {"a page that is stored there", get, {200, {{"x-amz-request-id", "1"}}, page}, Reply::ok},
      {"a login page for a PUT", put, {200, {}, page}, Reply::not_from_s3},
      {"a part nobody asked for", get, {206, {}, "{"}, Reply::not_from_s3},
      {"a redirect to a login page",
       get,
       {302, {{"location", "http://login/"}}, ""},
       Reply::not_from_s3},
      {"a redirect to a region",
       get,
       {301, {{"x-amz-bucket-region", "eu-west-1"}}, ""},
       Reply::wrong_region},
      {"the network wants a login", get, {511, {}, ""}, Reply::not_from_s3},
      {"a proxy's refusal", get, {403, {{"content-type", "text/html"}}, page}, Reply::not_from_s3},
      {"a web server's 404", get, {404, {}, page}, Reply::not_from_s3},
      {"404 that does not say of what", get, {404, {}, ""}, Reply::other},
      {"an empty 404 of a store", get, {404, {{"x-amz-request-id", "R"}}, ""}, Reply::no_such_key},
      {"a deletion is the newest version",
       get,
       {404, {{"x-amz-delete-marker", "true"}}, ""},
       Reply::no_such_key},
      {"a proxy without its server", get, {502, {}, page}, Reply::try_later},
      {"unchanged", get_if_new, {304, {}, ""}, Reply::not_modified},
      {"MinIO before 2024-04-18", put_if_absent, {304, {}, ""}, Reply::precondition_failed},
      {"412", put_if_match, {412, {}, ""}, Reply::precondition_failed},
      {"409", put_if_match, {409, {}, ""}, Reply::precondition_failed},
      {"412 though nothing was asked", put, {412, {}, ""}, Reply::other},
      {"501", put_if_match, {501, {}, ""}, Reply::condition_not_supported},
      {"501 though nothing was asked", put, {501, {}, ""}, Reply::other},
      {"403", get, {403, {}, ""}, Reply::other},
  }));
  CAPTURE(row.what);
  CHECK(classified(row.asked, row.response) == row.reply);
}

TEST_CASE("a PUT is in doubt after a server's failure, not after its refusal") {
  const auto [response, doubt] = GENERATE(table<http::Response, bool>({
      {support::s3_error(500, "InternalError"), true},
      {support::s3_error(503, "ServiceUnavailable"), true},
      {{504, {}, ""}, true},
      {support::s3_error(503, "SlowDown"), false},
      {support::s3_error(501, "NotImplemented"), false},
      {support::s3_error(429, "TooManyRequests"), false},
      {support::s3_error(403, "AccessDenied"), false},
  }));
  CAPTURE(response.status, response.body);
  CHECK(leaves_put_in_doubt(response, parse_error_response(response.body)) == doubt);
}

}  // namespace
}  // namespace start_claude::s3
