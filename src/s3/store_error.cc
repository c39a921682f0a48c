#include "s3/store_error.h"

#include "base/text.h"
#include "base/time.h"

namespace start_claude::s3 {
namespace {

/// One refusal with everything there is to say about it.
struct Refusal {
  const http::Response& response;
  const std::optional<ErrorResponse>& error;
  const ErrorContext& context;

  bool has_code(std::string_view code) const { return error && error->code == code; }
  /// "403 AccessDenied"
  std::string status() const {
    const std::string number = std::to_string(response.status);
    return error ? number + ' ' + error->code : number;
  }
  /// `: "Access Denied."`, or nothing where the server gave no reason.
  std::string own_words() const {
    constexpr std::size_t shown_max = 400;
    if (!error || base::trim(error->message).empty()) return "";
    return ": \"" + base::printable(base::trim(error->message), shown_max) + '"';
  }
  /// " (403 AccessDenied)"
  std::string in_brackets() const { return " (" + status() + ')'; }
};

std::string place_of(const ErrorContext& context) {
  return context.object.key.empty() ? "s3://" + context.object.bucket : context.object.text();
}

/// A permission is one reason of many for a 403; the server's own words tell, where it has any.
Error access_denied(const Refusal& refusal) {
  const std::string place = place_of(refusal.context);
  const auto denied = [&](std::string what, std::string hint) {
    return Error{ErrorKind::access_denied,
                 what + refusal.own_words() + refusal.in_brackets(), std::move(hint)};
  };
  const std::string policy = "; start-claude s3-doctor --policy prints all it needs";
  switch (refusal.context.operation) {
    case Operation::get_object:
    case Operation::head_object:
      return denied("not allowed to read " + place,
                    "the key needs s3:GetObject on this object" + policy);
    case Operation::put_object:
      return denied("not allowed to write " + place,
                    "the key needs s3:PutObject on this object" + policy);
    case Operation::get_version:
      return denied("not allowed to read earlier versions of " + place,
                    "the key needs s3:GetObjectVersion on this object");
    case Operation::list_versions:
      return denied("not allowed to list the versions of " + place,
                    "the key needs s3:ListBucketVersions on this bucket");
    case Operation::list_buckets:
    case Operation::list_objects:
    case Operation::get_versioning:
    case Operation::delete_object: return denied("access denied to " + place, "");
    case Operation::create_bucket:
      return denied("not allowed to create the bucket " + refusal.context.object.bucket,
                    "the key needs s3:CreateBucket; or have the bucket created by someone who may");
  }
  return {};
}

/// KMS has a permission, a state, and a place of its own for each key.
Error encryption_key_refused(const Refusal& refusal) {
  const std::string subject = "the KMS key that encrypts " + place_of(refusal.context);
  if (refusal.has_code("AccessDenied")) {
    return {ErrorKind::access_denied,
            subject + " may not be used by this access key" + refusal.in_brackets(),
            "allow it kms:Decrypt and kms:GenerateDataKey on that KMS key"};
  }
  if (refusal.has_code("InvalidArgument")) {
    return {ErrorKind::access_denied, subject + " is only used over https" + refusal.in_brackets(),
            "set an endpoint that begins with https:// with s3-setup"};
  }
  return {ErrorKind::access_denied, subject + " cannot be used" + refusal.in_brackets(),
          "have it enabled again, or the bucket's default encryption changed"};
}

Error credentials_refused(const Refusal& refusal) {
  const std::string& source = refusal.context.credentials_source;
  const std::string again = source.empty() ? "" : " (they come from " + source + ')';
  if (refusal.has_code("SignatureDoesNotMatch")) {
    return {ErrorKind::access_denied, "the secret access key is wrong" + refusal.in_brackets(),
            "enter it again with s3-setup" + again +
                "; if it is right, something on the way changes requests"};
  }
  if (refusal.has_code("InvalidAccessKeyId")) {
    return {ErrorKind::access_denied, "no such access key id" + refusal.in_brackets(),
            "run s3-setup; Enter keeps what is still right" + again};
  }
  return {ErrorKind::access_denied,
          refusal.context.host + " refuses these credentials" + refusal.in_brackets(),
          "run s3-setup; Enter keeps what is still right" + again};
}

Error credentials_expired(const Refusal& refusal) {
  const std::string& source = refusal.context.credentials_source;
  return {ErrorKind::access_denied, "the session credentials have expired" + refusal.in_brackets(),
          "get new ones" + (source.empty() ? "" : ", they come from " + source) +
              "; or store a key that does not expire with s3-setup"};
}

Error clock_refused(const Refusal& refusal) {
  std::string message = "this clock is too far off";
  if (refusal.context.skew) message = "this clock is " + format_skew(*refusal.context.skew);
  return {ErrorKind::access_denied, message + refusal.in_brackets(),
          "set this machine's clock, for example with: timedatectl set-ntp true"};
}

Error wrong_region(const Refusal& refusal) {
  const ErrorContext& context = refusal.context;
  const std::string hint = region_hint(refusal.response, refusal.error);
  if (!hint.empty() && hint != context.region) {
    return {ErrorKind::not_configured,
            "the bucket " + context.object.bucket + " is in region " + hint + ", not " +
                context.region + refusal.in_brackets(),
            "run s3-setup with --region " + hint};
  }
  if (refusal.has_code("AuthorizationHeaderMalformed")) {
    return {ErrorKind::access_denied,
            context.host + " cannot read the signature" + refusal.in_brackets(),
            "check the access key id and the region with s3-setup"};
  }
  return {ErrorKind::not_configured,
          context.host + " does not serve the bucket " + context.object.bucket + " for region " +
              context.region + refusal.in_brackets(),
          "check the region and the endpoint URL with s3-setup"};
}

Error no_such_key(const Refusal& refusal) {
  return {ErrorKind::unexpected,
          "nothing is stored at " + place_of(refusal.context) + refusal.in_brackets(), ""};
}

Error no_such_bucket(const Refusal& refusal) {
  return {ErrorKind::no_such_bucket, "no such bucket: " + refusal.context.object.bucket,
          "check its name and the endpoint, or create it with s3-setup --create-bucket"};
}

Error bucket_of_someone_else(const Refusal& refusal) {
  return {ErrorKind::not_configured,
          "the bucket name " + refusal.context.object.bucket + " is taken by someone else",
          "bucket names are shared by all users of a service; choose another one"};
}

Error altered_on_the_way(const Refusal& refusal) {
  const ErrorContext& context = refusal.context;
  return {ErrorKind::unreachable,
          "the request to " + context.host + " was altered on the way" + refusal.in_brackets(),
          "look for a proxy that changes requests between here and " + context.host};
}

Error try_later(const Refusal& refusal) {
  const int attempts = refusal.context.attempts;
  return {ErrorKind::unreachable,
          refusal.context.host + " answers " + refusal.status() + " after " +
              base::count_of(static_cast<std::size_t>(attempts), "attempt"),
          "it is overloaded or out of order; try again later"};
}

Error not_from_s3(const Refusal& refusal) {
  const std::string what = is_web_page(refusal.response) ? "a web page" : "something else";
  return {
      ErrorKind::unreachable,
      refusal.context.host + " answered with " + what + " instead of S3" + refusal.in_brackets(),
      "sign in to this network if it has a login page, or check the endpoint URL"};
}

Error condition_not_supported(const Refusal& refusal) {
  return {ErrorKind::unexpected,
          refusal.context.host + " does not support conditional writes" + refusal.in_brackets(),
          ""};
}

ErrorKind kind_of_status(int status) {
  if (status == 401 || status == 403) return ErrorKind::access_denied;
  return status >= 500 ? ErrorKind::unreachable : ErrorKind::unexpected;
}

/// Which header it is about matters more than the message.
Error not_implemented(const Refusal& refusal) {
  const auto& header =
      refusal.error->header.empty() ? refusal.error->argument : refusal.error->header;
  const std::string what =
      header.empty() ? "this kind of request" : "the header " + base::printable(header, 80);
  return {ErrorKind::unexpected,
          refusal.context.host + " does not support " + what + refusal.in_brackets(),
          "check the endpoint URL; s3-doctor --write shows what this store can do"};
}

/// What has no words of its own gets the server's.
Error other(const Refusal& refusal) {
  const ErrorKind kind = kind_of_status(refusal.response.status);
  std::string message = refusal.context.host + " refused with " + refusal.status();
  if (!refusal.error) {
    return {kind, message + " and gave no reason",
            "check the endpoint URL: it may not be that of an S3 service"};
  }
  if (refusal.has_code("NotImplemented")) return not_implemented(refusal);
  const auto& about =
      refusal.error->header.empty() ? refusal.error->argument : refusal.error->header;
  constexpr std::size_t shown_max = 160;
  if (!refusal.error->message.empty()) {
    message += ": " + base::printable(refusal.error->message, shown_max);
  }
  if (!about.empty()) message += " [" + base::printable(about, shown_max) + ']';
  while (message.ends_with('.')) message.pop_back();
  return {kind, std::move(message), "the service's documentation explains this code"};
}

}  // namespace

std::string format_skew(std::chrono::milliseconds server_minus_local) {
  const bool is_behind = server_minus_local > std::chrono::milliseconds{0};
  return base::format_span(server_minus_local) +
         (is_behind ? " behind the server" : " ahead of the server");
}

Error error_from_reply(Reply reply, const http::Response& response,
                       const std::optional<ErrorResponse>& error, const ErrorContext& context) {
  const Refusal refusal{response, error, context};
  switch (reply) {
    case Reply::no_such_key: return no_such_key(refusal);
    case Reply::no_such_bucket: return no_such_bucket(refusal);
    case Reply::condition_not_supported: return condition_not_supported(refusal);
    case Reply::access_denied: return access_denied(refusal);
    case Reply::encryption_key_refused: return encryption_key_refused(refusal);
    case Reply::credentials_refused: return credentials_refused(refusal);
    case Reply::credentials_expired: return credentials_expired(refusal);
    case Reply::clock_refused: return clock_refused(refusal);
    case Reply::wrong_region: return wrong_region(refusal);
    case Reply::altered_on_the_way: return altered_on_the_way(refusal);
    case Reply::try_later: return try_later(refusal);
    case Reply::bucket_of_someone_else: return bucket_of_someone_else(refusal);
    case Reply::not_from_s3: return not_from_s3(refusal);
    case Reply::ok:
    case Reply::no_answer:
    case Reply::not_modified:
    case Reply::precondition_failed:
    case Reply::content_md5_required:
    case Reply::bucket_already_ours:
    case Reply::other: return other(refusal);
  }
  return other(refusal);
}

Error error_from_failure(const http::Failure& failure, const ErrorContext& context) {
  const auto unreachable = [&](std::string hint) {
    return Error{ErrorKind::unreachable, failure.reason, std::move(hint)};
  };
  switch (failure.kind) {
    case http::FailureKind::name_not_resolved:
      return unreachable("check the endpoint URL and this machine's network");
    case http::FailureKind::not_connected:
      return unreachable("check that the server runs, and the endpoint's host and port");
    case http::FailureKind::tls_not_trusted:
      return unreachable(
          "if " + context.host +
          " has a certificate authority of its own, name its PEM file: s3-setup --ca-file FILE");
    case http::FailureKind::tls_too_old:
      return unreachable("TLS 1.2 is the oldest that is safe: have the server updated");
    case http::FailureKind::tls_failed:
      return unreachable("check the endpoint URL: its port may not speak HTTPS");
    case http::FailureKind::timed_out:
      return unreachable("try again, or allow more time with --timeout");
    case http::FailureKind::connection_lost:
    case http::FailureKind::malformed_response: return unreachable("try again later");
    case http::FailureKind::proxy_denied:
      return unreachable(
          "check the user and password in the proxy's address (HTTPS_PROXY, HTTP_PROXY)");
    case http::FailureKind::proxy_failed: return unreachable("check HTTPS_PROXY and NO_PROXY");
    case http::FailureKind::too_large:
      return {ErrorKind::invalid_data, failure.reason,
              "this is too large to be a configuration: check the file path in the bucket"};
  }
  return unreachable("");
}

}  // namespace start_claude::s3
