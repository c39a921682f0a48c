// A store's refusals in the user's words: one message and one hint for each cause.
//
// Shows a code and, for causes without words of their own, the server's message made safe for a
// terminal; never its XML.
#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "http/transport.h"
#include "s3/error_response.h"
#include "s3/object_store.h"
#include "s3/reply.h"

namespace start_claude::s3 {

/// What was asked of whom.
struct ErrorContext {
  Operation operation = Operation::get_object;
  ObjectLocation object;  ///< without a key where the bucket itself was asked about
  std::string host;
  std::string region;              ///< the one that was signed for
  std::string credentials_source;  ///< "AWS_ACCESS_KEY_ID"; may be empty
  ClockSkew skew;
  int attempts = 1;
};

/// Precondition: `reply` is none of ok, no_answer.
Error error_from_reply(Reply reply, const http::Response& response,
                       const std::optional<ErrorResponse>& error, const ErrorContext& context);

Error error_from_failure(const http::Failure& failure, const ErrorContext& context);

/// "24 h 0 min behind the server", "3 min 2 s ahead of the server".
std::string format_skew(std::chrono::milliseconds server_minus_local);

}  // namespace start_claude::s3
