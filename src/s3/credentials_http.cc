#include "s3/credentials_http.h"

#include <algorithm>
#include <utility>

#include "s3/retry.h"

namespace start_claude::s3 {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t response_bytes_max = std::size_t{256} * 1024;

bool is_worth_another_attempt(const http::Reply& reply) {
  if (const auto* failure = std::get_if<http::Failure>(&reply)) return is_transient(failure->kind);
  const int status = std::get<http::Response>(reply).status;
  return status == 429 || status >= 500;
}

std::optional<milliseconds> asked_to_wait(const http::Reply& reply) {
  const auto* response = std::get_if<http::Response>(&reply);
  return response != nullptr ? retry_after(*response) : std::nullopt;
}

}  // namespace

http::Reply ask(http::Transport& transport, platform::Clock& clock, platform::Random& random,
                const std::function<http::Request()>& request, const Patience& patience) {
  const auto end = clock.monotonic() + patience.deadline;
  CallProgress progress{.attempts = 0};
  for (;;) {
    const auto timeout = std::min(patience.attempt_timeout, end - clock.monotonic());
    auto reply = transport.send(request(), {.connect_timeout = timeout,
                                            .total_timeout = timeout,
                                            .response_bytes_max = response_bytes_max});
    if (!is_worth_another_attempt(reply)) return reply;
    ++progress.attempts;
    progress.remaining = end - clock.monotonic();
    const auto pause = retry_delay(progress, asked_to_wait(reply), random,
                                   {.attempts_max = patience.attempts_max});
    if (!pause) return reply;
    clock.sleep_for(*pause);
  }
}

void warn_if_exposed(const CredentialsParts& parts, const http::Uri& uri) {
  if (uri.scheme != "http" || http::is_loopback(uri) || !parts.warn) return;
  parts.warn("plain http to " + uri.authority() + ": credentials can be read on the network");
}

}  // namespace start_claude::s3
