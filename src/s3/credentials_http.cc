#include "s3/credentials_http.h"

#include <algorithm>
#include <utility>

#include "s3/credentials_json.h"
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

struct Attempt {
  milliseconds timeout;
  int number;
};

http::Reply send_once(const CredentialsParts& parts, const Question& question,
                      const Attempt& attempt) {
  http::Transport& transport = question.route == Route::direct ? parts.direct : parts.transport;
  const http::Request request = question.request();
  const auto began = parts.clock.monotonic();
  auto reply = transport.send(request, {.connect_timeout = attempt.timeout,
                                        .total_timeout = attempt.timeout,
                                        .response_bytes_max = response_bytes_max});
  if (!parts.report) return reply;
  AttemptReport report = report_of(request, reply);
  if (question.shown_path) report.path = *question.shown_path;
  report.attempt = attempt.number;
  report.took = parts.clock.monotonic() - began;
  parts.report(report);
  return reply;
}

}  // namespace

http::Reply ask(const CredentialsParts& parts, const Question& question) {
  platform::Clock& clock = parts.clock;
  const Patience& patience = question.patience;
  const auto end = clock.monotonic() + patience.deadline;
  CallProgress progress{.attempts = 0};
  for (;;) {
    auto reply = send_once(parts, question,
                           {.timeout = std::min(patience.attempt_timeout, end - clock.monotonic()),
                            .number = progress.attempts + 1});
    if (!is_worth_another_attempt(reply)) return reply;
    ++progress.attempts;
    progress.remaining = end - clock.monotonic();
    const auto pause = retry_delay(progress, asked_to_wait(reply), parts.random,
                                   {.attempts_max = patience.attempts_max});
    if (!pause) return reply;
    clock.sleep_for(*pause);
  }
}

Result<Credentials> credentials_from_metadata(std::string_view text, const std::string& answerer,
                                              std::string hint) {
  auto credentials = parse_credentials_json(text, CredentialsFormat::metadata);
  if (credentials) return credentials;
  return Error{credentials.error().kind,
               "the answer of " + answerer + ' ' + credentials.error().message, std::move(hint)};
}

void warn_if_exposed(const CredentialsParts& parts, const http::Uri& uri) {
  if (uri.scheme != "http" || http::is_loopback(uri) || !parts.warn) return;
  parts.warn("plain http to " + uri.authority() + ": credentials can be read on the network");
}

}  // namespace start_claude::s3
