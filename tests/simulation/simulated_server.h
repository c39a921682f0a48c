// A server that speaks S3 over HTTP and compares If-Match without quotes only, as Ceph did before
// 2025: what the real client makes of it, with its retries and doubts, is part of the simulation.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "http/transport.h"
#include "support/memory_object_store.h"

namespace start_claude::simulation {

/// What happens to one attempt on the wire.
enum class HttpFault {
  none,
  request_lost,
  answer_lost,
  server_error,               ///< 500, nothing was done
  server_error_after_effect,  ///< 500, though it was done
  slow_down,                  ///< 503 SlowDown
  too_many_requests,          ///< 429 with Retry-After
  conflict,                   ///< 409 to a PUT with a condition: another one was under way
  read_denied,                ///< 403 to a GET, be there something or not
};

class SimulatedServer final : public http::Transport {
 public:
  SimulatedServer(support::MemoryBuckets& buckets, s3::ObjectLocation object, std::string device)
      : buckets_(buckets), object_(std::move(object)), device_(std::move(device)) {}

  /// Before a request takes effect: anything may happen, this fault among it.
  std::function<HttpFault(const http::Request&)> before_request;

  http::Reply send(const http::Request& request, const http::Limits& limits) override;

 private:
  http::Reply reply_to(const http::Request& request, HttpFault fault);
  http::Response handle(const http::Request& request);
  /// Ours, or one beside it.
  s3::ObjectLocation object_of(const http::Request& request) const;
  http::Response read(const http::Request& request) const;
  http::Response write(const http::Request& request);
  /// With the headers of every reply.
  http::Response answer(int status, std::string body = "") const;
  http::Response error(int status, const std::string& code) const;

  support::MemoryBuckets& buckets_;
  s3::ObjectLocation object_;
  std::string device_;
};

}  // namespace start_claude::simulation
