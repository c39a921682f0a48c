// Sends one S3 request until there is a final answer: signs every attempt anew, retries what a
// later attempt may mend, and repairs, once each, what the answer itself says how to repair.
//
// Repairs: the signing clock (RequestTimeTooSkewed), expired credentials, the region, a missing
// Content-MD5, a request or reply that was altered on the way.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "http/transport.h"
#include "platform/clock.h"
#include "platform/random.h"
#include "s3/credentials.h"
#include "s3/endpoint.h"
#include "s3/object_store.h"
#include "s3/reply.h"
#include "s3/retry.h"
#include "s3/store_error.h"
#include "s3/store_options.h"

namespace start_claude::s3 {

/// A request before it is addressed and signed. An empty key asks about the bucket itself, an empty
/// bucket about the service.
struct Call {
  Asked asked;
  std::string method;
  ObjectLocation object;
  std::string query = {};  ///< already encoded
  http::Headers headers = {};
  base::SharedText body = {};
  /// As http::Request's, for each attempt.
  std::function<void()> while_awaited = {};
};

struct Answer {
  Reply reply = Reply::no_answer;
  http::Response response = {};  ///< empty if there was none
  std::optional<ErrorResponse> error = {};
  std::optional<http::Failure> failure = {};
  int attempts = 1;
  /// A PUT that may be stored though no attempt was told so.
  bool in_doubt = false;
};

class SignedExchange {
 public:
  SignedExchange(http::Transport& transport, platform::Clock& clock, platform::Random& random,
                 CredentialsProvider& credentials, Endpoint endpoint);

  /// On elapsed(): a call may be made of several exchanges that share one end.
  using EndTime = std::chrono::milliseconds;
  /// The monotonic clock, which stands still during while_awaited.
  EndTime elapsed() const { return clock_.monotonic() - set_aside_; }

  /// The error is that of the credentials; whatever went over the wire is an Answer.
  Result<Answer> send(Call call, EndTime end, const StoreOptions& options);

  /// What an answer that is of no use means, in the user's words.
  Error error_from(const Call& call, const Answer& answer) const;

  const Endpoint& endpoint() const { return endpoint_; }
  ClockSkew clock_skew() const { return skew_; }
  /// The program that answers, as far as its replies told; see product_of().
  std::string_view product() const { return product_; }

 private:
  /// Which repairs one call has had; none is tried twice.
  struct Repairs {
    bool clock = false;
    bool credentials = false;
    bool region = false;
    bool content_md5 = false;
    bool resent = false;
  };

  Result<http::Request> signed_request(const Call& call);
  Result<Answer> attempt(const Call& call, int number, const http::Limits& limits,
                         const StoreOptions& options);
  void use_waiting_time(const Call& call);
  /// True if the call is worth sending again at once.
  bool repair(Call& call, const Answer& answer, Repairs& repairs, const StoreOptions& options);
  bool repair_clock(const Answer& answer, const StoreOptions& options);
  bool repair_region(const Call& call, const Answer& answer, const StoreOptions& options);
  void measure_skew(const http::Response& response, UtcTime sent, UtcTime received);

  http::Transport& transport_;
  platform::Clock& clock_;
  platform::Random& random_;
  CredentialsProvider& credentials_;
  Endpoint endpoint_;
  ClockSkew skew_;
  std::string_view product_;
  /// Added to this machine's time for signatures, once a server refused it.
  std::chrono::milliseconds signing_offset_{0};
  std::chrono::milliseconds set_aside_{0};  ///< what while_awaited took, over all calls
  std::string credentials_source_;
};

}  // namespace start_claude::s3
