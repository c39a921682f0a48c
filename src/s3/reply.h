// What a store's answer means: one word for every pair of status and error code.
//
// Decides by status and <Code>, never by wording, and never takes an error for an absence: "no such
// key" must be said by S3 itself. Pure. Where stores differ, the case names the store.
#pragma once

#include <optional>

#include "http/message.h"
#include "s3/error_response.h"

namespace start_claude::s3 {

enum class Operation {
  get_object,
  get_version,
  head_object,
  put_object,
  list_versions,
  create_bucket,
  list_buckets,
  list_objects,
  get_versioning,
  delete_object
};

/// The condition a request carries.
enum class Condition { none, if_none_match, if_match };

struct Asked {
  Operation operation = Operation::get_object;
  Condition condition = Condition::none;
};

enum class Reply {
  ok,
  no_answer,  ///< the transport failed; classify() never says so
  not_modified,
  no_such_key,  ///< to If-Match on a PUT too: our ETag is stale
  no_such_bucket,
  precondition_failed,
  condition_not_supported,
  access_denied,           ///< AccessDenied only; where S3 hides what is missing, it says so, too
  encryption_key_refused,  ///< the bucket's KMS key, not the bucket
  credentials_refused,     ///< key id, secret or token are wrong
  credentials_expired,     ///< others are needed
  clock_refused,           ///< this clock is too far off
  wrong_region,            ///< ask elsewhere, or sign for elsewhere
  content_md5_required,    ///< once more with Content-MD5
  altered_on_the_way,      ///< once more
  try_later,               ///< 408, 429, 500, 502, 503, 504 and their codes
  bucket_already_ours,     ///< to create_bucket
  bucket_of_someone_else,  ///< to create_bucket
  not_from_s3,             ///< a proxy, a login page, another web server
  other,                   ///< an error of S3 without a meaning of its own
};

Reply classify(const Asked& asked, const http::Response& response,
               const std::optional<ErrorResponse>& error);

/// 202: a PUT that was not stored yet, or never will be. It counts as answered, but not as stored.
inline constexpr int only_accepted = 202;

/// After this reply a PUT may have been stored all the same.
bool leaves_put_in_doubt(const http::Response& response, const std::optional<ErrorResponse>& error);

/// True for a web page: text/html, or a body that begins like one.
bool is_web_page(const http::Response& response);

/// True if the reply carries what only an S3 store (or Google's) sends: x-amz-… or x-goog-…
/// headers.
bool has_store_headers(const http::Response& response);

}  // namespace start_claude::s3
