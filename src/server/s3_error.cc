#include "server/s3_error.h"

#include "base/text.h"

namespace start_claude::server {
namespace {

struct Entry {
  std::string_view name;
  int status;
  std::string_view message;
};

Entry entry_of(S3ErrorCode code) {
  switch (code) {
    case S3ErrorCode::access_denied: return {"AccessDenied", 403, "Access Denied"};
    case S3ErrorCode::authorization_header_malformed:
      return {"AuthorizationHeaderMalformed", 400,
              "The authorization header that you provided is not valid."};
    case S3ErrorCode::bad_digest:
      return {"BadDigest", 400,
              "The Content-MD5 that you specified did not match what was received."};
    case S3ErrorCode::bucket_already_owned_by_you:
      return {"BucketAlreadyOwnedByYou", 409,
              "The bucket that you tried to create already exists, and you own it."};
    case S3ErrorCode::content_sha256_mismatch:
      return {"XAmzContentSHA256Mismatch", 400,
              "The provided 'x-amz-content-sha256' header does not match what was computed."};
    case S3ErrorCode::entity_too_large:
      return {"EntityTooLarge", 400, "The object is larger than this server allows."};
    case S3ErrorCode::insufficient_storage:
      return {"InsufficientStorage", 507, "There is no space left on this server's disk."};
    case S3ErrorCode::internal_error:
      return {"InternalError", 500, "An internal error occurred. Try again."};
    case S3ErrorCode::invalid_access_key_id:
      return {"InvalidAccessKeyId", 403,
              "The AWS access key ID that you provided does not exist in our records."};
    case S3ErrorCode::invalid_argument: return {"InvalidArgument", 400, "Invalid argument."};
    case S3ErrorCode::invalid_bucket_name:
      return {"InvalidBucketName", 400, "The specified bucket is not valid."};
    case S3ErrorCode::invalid_digest:
      return {"InvalidDigest", 400, "The Content-MD5 that you specified is not valid."};
    case S3ErrorCode::invalid_range:
      return {"InvalidRange", 416, "The requested range is not satisfiable."};
    case S3ErrorCode::invalid_request: return {"InvalidRequest", 400, "Invalid request."};
    case S3ErrorCode::invalid_token:
      return {"InvalidToken", 400,
              "The provided token is not valid: this server does not know session tokens."};
    case S3ErrorCode::invalid_uri:
      return {"InvalidURI", 400, "The URI that was specified couldn't be parsed."};
    case S3ErrorCode::key_too_long: return {"KeyTooLongError", 400, "Your key is too long."};
    case S3ErrorCode::metadata_too_large:
      return {"MetadataTooLarge", 400,
              "Your metadata headers exceed the maximum allowed metadata size."};
    case S3ErrorCode::method_not_allowed:
      return {"MethodNotAllowed", 405,
              "The specified method is not allowed against this resource."};
    case S3ErrorCode::missing_content_length:
      return {"MissingContentLength", 411, "You must provide the Content-Length HTTP header."};
    case S3ErrorCode::no_such_bucket:
      return {"NoSuchBucket", 404, "The specified bucket does not exist"};
    case S3ErrorCode::no_such_key: return {"NoSuchKey", 404, "The specified key does not exist."};
    case S3ErrorCode::no_such_version:
      return {"NoSuchVersion", 404, "The specified version does not exist."};
    case S3ErrorCode::not_implemented:
      return {"NotImplemented", 501,
              "A header you provided implies functionality that is not implemented"};
    case S3ErrorCode::precondition_failed:
      return {"PreconditionFailed", 412,
              "At least one of the pre-conditions you specified did not hold"};
    case S3ErrorCode::request_time_too_skewed:
      return {"RequestTimeTooSkewed", 403,
              "The difference between the request time and the current time is too large."};
    case S3ErrorCode::signature_does_not_match:
      return {"SignatureDoesNotMatch", 403,
              "The request signature we calculated does not match the signature you provided. "
              "Check your key and signing method."};
  }
  return {"InternalError", 500, "An internal error occurred. Try again."};
}

std::string element(std::string_view name, std::string_view value) {
  std::string text = "<";
  text.append(name).append(">").append(escape_xml(value)).append("</").append(name).append(">");
  return text;
}

std::string_view escaped(char c) {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\r': return "&#13;";
    case '\t':
    case '\n': return {};
    default: return static_cast<unsigned char>(c) < 0x20 ? "\xEF\xBF\xBD" : std::string_view{};
  }
}

}  // namespace

std::string_view code_name(S3ErrorCode code) { return entry_of(code).name; }

int http_status(S3ErrorCode code) { return entry_of(code).status; }

http::Response error_response(const S3Error& error, const ErrorContext& context) {
  const Entry entry = entry_of(error.code);
  std::string body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>";
  body += element("Code", entry.name);
  body += element("Message", error.message.empty() ? entry.message : error.message);
  for (const auto& detail : error.details) body += element(detail.name, detail.value);
  body += element("Resource", context.resource);
  body += element("RequestId", context.request_id);
  body += element("HostId", context.host_id) + "</Error>";
  return {entry.status, {{"Content-Type", "application/xml"}}, std::move(body)};
}

std::string escape_xml(std::string_view text) {
  if (!base::is_utf8(text)) return escape_xml(base::printable(text, text.size()));
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    const auto replacement = escaped(c);
    if (replacement.empty()) {
      result += c;
    } else {
      result += replacement;
    }
  }
  return result;
}

}  // namespace start_claude::server
