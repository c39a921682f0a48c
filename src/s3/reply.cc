#include "s3/reply.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"

namespace start_claude::s3 {
namespace {

struct CodeMeaning {
  std::string_view code;
  Reply reply;
};

/// Codes that mean one thing whatever was asked.
constexpr auto code_meanings = std::to_array<CodeMeaning>({
    {"NoSuchKey", Reply::no_such_key},
    {"NoSuchVersion", Reply::no_such_key},
    {"NoSuchBucket", Reply::no_such_bucket},
    {"PreconditionFailed", Reply::precondition_failed},
    {"ConditionalRequestConflict", Reply::precondition_failed},
    {"AccessDenied", Reply::access_denied},
    {"InvalidAccessKeyId", Reply::credentials_refused},
    {"SignatureDoesNotMatch", Reply::credentials_refused},
    {"Unauthorized", Reply::credentials_refused},  // Cloudflare R2, with 401
    {"InvalidToken", Reply::credentials_refused},
    {"InvalidSecurity", Reply::credentials_refused},
    {"NotSignedUp", Reply::credentials_refused},
    {"ExpiredToken", Reply::credentials_expired},
    {"TokenRefreshRequired", Reply::credentials_expired},
    {"RequestTimeTooSkewed", Reply::clock_refused},
    {"RequestExpired", Reply::clock_refused},
    {"PermanentRedirect", Reply::wrong_region},
    {"TemporaryRedirect", Reply::wrong_region},
    {"Redirect", Reply::wrong_region},
    {"AuthorizationHeaderMalformed", Reply::wrong_region},
    {"IllegalLocationConstraintException", Reply::wrong_region},
    {"InvalidRegion", Reply::wrong_region},  // MinIO
    {"XAmzContentSHA256Mismatch", Reply::altered_on_the_way},
    {"BadDigest", Reply::altered_on_the_way},
    {"IncompleteBody", Reply::altered_on_the_way},
    {"MissingContentMD5", Reply::content_md5_required},
    {"SlowDown", Reply::try_later},
    {"ServiceUnavailable", Reply::try_later},
    {"InternalError", Reply::try_later},
    {"TooManyRequests", Reply::try_later},
    {"RequestTimeout", Reply::try_later},  // 400 at Amazon
    {"OperationAborted", Reply::try_later},
    {"BucketAlreadyOwnedByYou", Reply::bucket_already_ours},
    {"BucketAlreadyExists", Reply::bucket_of_someone_else},
});

bool is_about_bucket(Operation operation) {
  switch (operation) {
    case Operation::list_versions:
    case Operation::create_bucket:
    case Operation::list_buckets:
    case Operation::list_objects:
    case Operation::get_versioning: return true;
    case Operation::get_object:
    case Operation::get_version:
    case Operation::head_object:
    case Operation::put_object:
    case Operation::delete_object: return false;
  }
  return false;
}

bool mentions(std::string_view text, std::string_view name) {
  return base::to_lower(text).find(name) != std::string::npos;
}

bool names_a_condition(const ErrorResponse& error) {
  for (const std::string& text : {error.header, error.argument, error.message}) {
    if (mentions(text, "if-match") || mentions(text, "if-none-match")) return true;
  }
  return false;
}

/// Not supported if the store says it is about the condition, or (Backblaze B2: "A header you
/// provided implies functionality that is not implemented") does not say which header it is about.
bool refuses_condition(const Asked& asked, int status, const ErrorResponse& error) {
  if (asked.operation != Operation::put_object || asked.condition == Condition::none) return false;
  if (names_a_condition(error)) return status == 400 || status == 501;
  return error.code == "NotImplemented" && error.header.empty() && error.argument.empty();
}

/// What stores say to a PUT with a condition, and to none without one. Whether it was about the
/// condition shows when the same body goes out without it.
struct Refusal {
  int status;
  std::string_view code;  ///< empty: none came
};

constexpr auto refusals_of_conditions = std::to_array<Refusal>({
    {400, ""},
    {400, "BadRequest"},
    {400, "InvalidRequest"},
    {400, "UnsupportedHeader"},
    {400, "NotSupported"},
    {405, ""},
    {405, "MethodNotAllowed"},
    {501, ""},
});

bool may_refuse_condition(const Asked& asked, int status, std::string_view code) {
  if (asked.operation != Operation::put_object || asked.condition == Condition::none) return false;
  return std::any_of(
      refusals_of_conditions.begin(), refusals_of_conditions.end(),
      [&](const Refusal& known) { return known.status == status && known.code == code; });
}

/// An Object Lock bucket wants the body's digest in a header of 1995.
bool wants_content_md5(const Asked& asked, const ErrorResponse& error) {
  return asked.operation == Operation::put_object && error.code == "InvalidRequest" &&
         (mentions(error.message, "content-md5") || mentions(error.message, "x-amz-checksum"));
}

/// A bucket that is encrypted with a key of AWS KMS: that key has its own permissions, and may be
/// disabled, deleted or unknown. The object is there.
bool is_about_encryption_key(const ErrorResponse& error) {
  if (error.code.starts_with("KMS.") || mentions(error.message, "aws kms managed keys"))
    return true;
  return error.code == "AccessDenied" && mentions(error.message, "kms:");
}

/// What stores that are not Amazon's call a missing object (with 404): Volcengine TOS and Azure
/// behind its gateways, Swift's. A code that could be about anything else is none of these.
bool says_no_such_key(const Asked& asked, int status, std::string_view code) {
  constexpr std::array codes = {"NotFound", "BlobNotFound", "ObjectNotFound", "KeyNotFound",
                                "NoSuchObject"};
  const bool is_about_object = !is_about_bucket(asked.operation);
  return status == 404 && is_about_object &&
         std::find(codes.begin(), codes.end(), code) != codes.end();
}

std::optional<Reply> classify_code(const Asked& asked, int status, const ErrorResponse& error) {
  if (refuses_condition(asked, status, error)) return Reply::condition_not_supported;
  if (wants_content_md5(asked, error)) return Reply::content_md5_required;
  if (is_about_encryption_key(error)) return Reply::encryption_key_refused;
  for (const auto& [code, reply] : code_meanings) {
    if (code == error.code) return reply;
  }
  if (says_no_such_key(asked, status, error.code)) return Reply::no_such_key;
  if (may_refuse_condition(asked, status, error.code)) return Reply::condition_not_supported;
  return std::nullopt;
}

bool is_transient_status(int status) {
  constexpr std::array statuses = {408, 429, 500, 502, 503, 504};
  return std::find(statuses.begin(), statuses.end(), status) != statuses.end();
}

Reply classify_success(const Asked& asked, const http::Response& response) {
  // Not stored yet, or never: what is there tells, whatever the page says.
  const bool is_put = asked.operation == Operation::put_object;
  if (is_put && response.status == only_accepted) return Reply::ok;
  // HTML in S3's own reply is what somebody stored; without S3's headers it is a login page.
  if (is_web_page(response) && !has_store_headers(response)) return Reply::not_from_s3;
  // A condition or a range was not asked for, so nothing but the whole object is an answer.
  if (asked.operation == Operation::get_object || asked.operation == Operation::get_version) {
    return response.status == 200 ? Reply::ok : Reply::not_from_s3;
  }
  return Reply::ok;
}

bool asks_for_object(const Asked& asked) {
  return asked.operation == Operation::get_object || asked.operation == Operation::head_object;
}

/// Without a code all there is to go by is the status.
Reply classify_bare(const Asked& asked, const http::Response& response) {
  const bool is_put = asked.operation == Operation::put_object;
  const bool conditional = asked.condition != Condition::none;
  switch (response.status) {
    // MinIO before 2024-04-18 answers 304 to a PUT whose If-None-Match fails.
    case 304: return is_put ? Reply::precondition_failed : Reply::not_modified;
    case 409:
    case 412: return is_put && conditional ? Reply::precondition_failed : Reply::other;
    case 400:
    case 405:
    case 501:
      if (may_refuse_condition(asked, response.status, "")) return Reply::condition_not_supported;
      break;
    case 301:
    case 307: return Reply::wrong_region;
    // Hadoop's and others' gateways leave the body out. Of a bucket that is missing the PUT tells.
    case 404:
      if (asked.operation == Operation::get_object && has_store_headers(response)) {
        return Reply::no_such_key;
      }
      break;
    default: break;
  }
  // Without a word, but from a store: some gateways say no more of a missing object.
  const bool is_missing = response.status == 404 && asks_for_object(asked);
  if (is_missing && response.body.empty() && has_store_headers(response)) {
    return Reply::no_such_key;
  }
  // S3 answers 404 or 405, and may leave out the body, where the newest version is a deletion.
  if (response.headers.find("x-amz-delete-marker") == "true") return Reply::no_such_key;
  return Reply::other;
}

}  // namespace

bool has_store_headers(const http::Response& response) {
  return std::any_of(response.headers.begin(), response.headers.end(), [](const auto& header) {
    const std::string name = base::to_lower(header.name);
    // CloudFront marks whatever it passes on, and what it passes on need not be S3's.
    if (name.starts_with("x-amz-cf-")) return false;
    return name.starts_with("x-amz-") || name.starts_with("x-goog-");
  });
}

bool is_web_page(const http::Response& response) {
  const std::string type = base::to_lower(response.headers.find("content-type").value_or(""));
  if (type.starts_with("text/html") || type.starts_with("application/xhtml")) return true;
  std::string_view body = response.body;
  if (body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);
  const std::string start = base::to_lower(base::trim(body.substr(0, 256)));
  return start.starts_with("<!doctype html") || start.starts_with("<html");
}

Reply classify(const Asked& asked, const http::Response& response,
               const std::optional<ErrorResponse>& error) {
  const int status = response.status;
  if (status >= 200 && status < 300) return classify_success(asked, response);
  if (error) {
    if (const auto reply = classify_code(asked, status, *error)) return *reply;
    // Volcengine TOS says only this of a missing object; of a missing bucket it says NoSuchBucket.
    const bool is_missing = status == 404 && error->code == "NotFound";
    if (is_missing && asks_for_object(asked)) return Reply::no_such_key;
    if (is_transient_status(status)) return Reply::try_later;
    if (response.headers.find("x-amz-delete-marker") == "true") return Reply::no_such_key;
    return Reply::other;
  }
  if (is_transient_status(status)) return Reply::try_later;
  // A redirect is S3's only if it says where the bucket is.
  const bool is_redirect = status >= 300 && status < 400 && status != 304;
  if (is_redirect && region_hint(response, error).empty()) return Reply::not_from_s3;
  constexpr int network_authentication_required = 511;
  if (is_web_page(response) || status == network_authentication_required) return Reply::not_from_s3;
  return classify_bare(asked, response);
}

bool leaves_put_in_doubt(const http::Response& response,
                         const std::optional<ErrorResponse>& error) {
  if (error && error->code == "SlowDown") return false;
  return response.status >= 500 && response.status != 501;
}

}  // namespace start_claude::s3
