#include "s3/signed_exchange.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/sha256.h"
#include "s3/server_product.h"
#include "s3/signature_difference.h"
#include "s3/sigv4.h"

namespace start_claude::s3 {
namespace {

using std::chrono::milliseconds;

/// Amazon's limit on the difference between the clocks; others are more patient.
constexpr std::chrono::minutes skew_refused_from{15};

bool is_put(const Call& call) { return call.asked.operation == Operation::put_object; }

bool is_read(const Call& call) {
  return call.asked.operation == Operation::get_object ||
         call.asked.operation == Operation::get_version;
}

/// The body is not what its writer's metadata says. Values that are no digest say nothing.
bool contradicts_checksum(const http::Response& response) {
  const auto header = response.headers.find("x-amz-meta-content-sha256");
  if (!header) return false;
  const std::string digest = base::to_lower(base::trim(*header));
  constexpr std::size_t digits = 64;
  if (digest.size() != digits || !base::from_hex(digest)) return false;
  return crypto::sha256_hex(response.body) != digest;
}

bool leaves_in_doubt(const Call& call, const Answer& answer) {
  if (!is_put(call)) return false;
  if (answer.failure) return http::may_have_had_effect(answer.failure->kind);
  return leaves_put_in_doubt(answer.response, answer.error);
}

bool is_worth_another_attempt(const Answer& answer) {
  return answer.failure ? is_transient(answer.failure->kind) : answer.reply == Reply::try_later;
}

/// A server that repeats our session token in a message must not make us show it.
void remove_secrets(ErrorResponse& error, const http::Request& request) {
  const auto token = request.headers.find("x-amz-security-token");
  if (token && error.message.find(*token) != std::string::npos) error.message.clear();
}

Answer answer_from(const Call& call, http::Response response) {
  Answer answer;
  answer.error = parse_error_response(response.body);
  answer.response = std::move(response);
  answer.reply = classify(call.asked, answer.response, answer.error);
  if (answer.reply == Reply::ok && is_read(call) && contradicts_checksum(answer.response)) {
    answer.reply = Reply::altered_on_the_way;
  }
  return answer;
}

Answer out_of_time(const StoreOptions& options) {
  Answer answer;
  answer.failure = http::Failure{http::FailureKind::timed_out,
                                 "no answer within " + base::format_span(options.deadline)};
  return answer;
}

void warn(const StoreOptions& options, const std::string& text) {
  if (options.warn) options.warn(text);
}

}  // namespace

SignedExchange::SignedExchange(http::Transport& transport, platform::Clock& clock,
                               platform::Random& random, CredentialsProvider& credentials,
                               Endpoint endpoint)
    : transport_(transport),
      clock_(clock),
      random_(random),
      credentials_(credentials),
      endpoint_(std::move(endpoint)) {}

Result<Answer> SignedExchange::send(Call call, EndTime end, const StoreOptions& options) {
  Repairs repairs;
  CallProgress progress{.attempts = 0};
  bool in_doubt = false;
  Answer last = out_of_time(options);
  for (int number = 1;; ++number) {
    progress.remaining = end - elapsed();
    if (progress.remaining <= milliseconds{0}) break;
    const http::Limits limits{.connect_timeout = options.connect_timeout,
                              .total_timeout = attempt_timeout(progress),
                              .shared_timeout = options.deadline,
                              .response_bytes_max = options.response_bytes_max};
    auto answer = attempt(call, number, limits, options);
    // Without credentials for another attempt, an earlier one may still have been stored.
    if (!answer && in_doubt) break;
    if (!answer) return std::move(answer).error();
    last = *std::move(answer);
    in_doubt = in_doubt || leaves_in_doubt(call, last);
    if (repair(call, last, repairs, options)) continue;
    if (!is_worth_another_attempt(last)) break;
    ++progress.attempts;
    progress.remaining = end - elapsed();
    const auto delay = retry_delay(progress, retry_after(last.response), random_);
    if (!delay) break;
    clock_.sleep_for(*delay);
  }
  last.in_doubt = in_doubt && last.reply != Reply::ok;
  return last;
}

Result<http::Request> SignedExchange::signed_request(const Call& call) {
  auto credentials = credentials_.credentials();
  if (!credentials) return std::move(credentials).error();
  credentials_source_ = credentials->source;
  const auto& [bucket, key] = call.object;
  http::Request request{.method = call.method,
                        .uri = bucket.empty() ? service_uri(endpoint_)
                               : key.empty()  ? bucket_uri(endpoint_, bucket)
                                              : object_uri(endpoint_, bucket, key),
                        .headers = call.headers,
                        .body = call.body};
  request.uri.query = call.query;
  // Caches on the way take it off a GET and answer by themselves, which must not cost the
  // signature.
  constexpr std::string_view of_caches = "if-none-match";
  const auto unsigned_value = is_read(call) ? request.headers.find(of_caches) : std::nullopt;
  if (unsigned_value) request.headers.remove(of_caches);
  request = sign(std::move(request), *credentials,
                 {.time = clock_.now() + signing_offset_, .region = endpoint_.region});
  if (unsigned_value) request.headers.add(std::string(of_caches), *unsigned_value);
  return request;
}

Result<Answer> SignedExchange::attempt(const Call& call, int number, const http::Limits& limits,
                                       const StoreOptions& options) {
  auto request = signed_request(call);
  if (!request) return std::move(request).error();
  if (!options.user_agent.empty()) request->headers.set("user-agent", options.user_agent);
  if (call.while_awaited) request->while_awaited = [&] { use_waiting_time(call); };
  const UtcTime sent = clock_.now();
  const auto began = clock_.monotonic();
  const auto set_aside = set_aside_;
  auto received = transport_.send(*request, limits);
  const auto took = clock_.monotonic() - began;
  AttemptReport report = report_of(*request, received);
  Answer answer;
  if (auto* failure = std::get_if<http::Failure>(&received)) {
    answer.failure = std::move(*failure);
  } else {
    auto& response = std::get<http::Response>(received);
    // The answer may have lain there since before our own work ended.
    measure_skew(response, sent, clock_.now() - (set_aside_ - set_aside));
    answer = answer_from(call, std::move(response));
    if (answer.error) remove_secrets(*answer.error, *request);
    const auto product = product_of(answer.response, answer.error);
    if (!product.empty()) product_ = product;
  }
  answer.attempts = number;
  if (options.report) {
    if (answer.error && !answer.error->canonical_request.empty()) {
      report.signature =
          explain_signature(canonical_request(*request).text, answer.error->canonical_request);
    }
    report.attempt = number;
    report.took = took;
    options.report(report);
  }
  return answer;
}

void SignedExchange::use_waiting_time(const Call& call) {
  const auto began = clock_.monotonic();
  call.while_awaited();
  set_aside_ += clock_.monotonic() - began;
}

void SignedExchange::measure_skew(const http::Response& response, UtcTime sent, UtcTime received) {
  const auto date = base::parse_time(response.headers.find("date").value_or(""));
  // A cache repeats the Date of when it stored the reply.
  if (!date || response.headers.contains("age")) return;
  skew_ = *date - (sent + (received - sent) / 2);
}

bool SignedExchange::repair(Call& call, const Answer& answer, Repairs& repairs,
                            const StoreOptions& options) {
  // Garage names no code of its own for a clock that is off.
  const bool may_be_clock = answer.error && answer.error->code == "InvalidRequest" && skew_ &&
                            std::chrono::abs(*skew_) > skew_refused_from;
  const auto once = [](bool& done) { return !std::exchange(done, true); };
  switch (answer.reply) {
    case Reply::clock_refused: return once(repairs.clock) && repair_clock(answer, options);
    case Reply::credentials_expired: return once(repairs.credentials) && credentials_.refresh();
    case Reply::wrong_region: return once(repairs.region) && repair_region(call, answer, options);
    case Reply::content_md5_required:
      if (!once(repairs.content_md5)) return false;
      call.headers.set("content-md5", base::to_base64(crypto::md5(call.body)));
      return true;
    case Reply::altered_on_the_way: return once(repairs.resent);
    case Reply::other: return may_be_clock && once(repairs.clock) && repair_clock(answer, options);
    case Reply::ok:
    case Reply::no_answer:
    case Reply::not_modified:
    case Reply::no_such_key:
    case Reply::no_such_bucket:
    case Reply::precondition_failed:
    case Reply::condition_not_supported:
    case Reply::access_denied:
    case Reply::encryption_key_refused:
    case Reply::credentials_refused:
    case Reply::try_later:
    case Reply::bucket_already_ours:
    case Reply::bucket_of_someone_else:
    case Reply::not_from_s3: return false;
  }
  return false;
}

bool SignedExchange::repair_clock(const Answer& answer, const StoreOptions& options) {
  // ServerTime is the opinion of the very server that refused.
  if (answer.error && answer.error->server_time) {
    skew_ = *answer.error->server_time - clock_.now();
  }
  if (!skew_) return false;
  signing_offset_ = *skew_;
  warn(options,
       "this clock is " + format_skew(*skew_) + "; requests are signed by the server's clock");
  return true;
}

bool SignedExchange::repair_region(const Call& call, const Answer& answer,
                                   const StoreOptions& options) {
  const std::string hint = region_hint(answer.response, answer.error);
  if (hint.empty() || hint == endpoint_.region) return false;
  // Only on Amazon does this also name another host: elsewhere a hint could send the next request
  // to whoever answered this one.
  const std::string what = endpoint_.is_amazon ? "the bucket " + call.object.bucket
                                               : "the server " + endpoint_.base.authority();
  warn(options, what + " is in region " + hint + ", not " + endpoint_.region);
  endpoint_ = endpoint_in_region(endpoint_, hint);
  return true;
}

Error SignedExchange::error_from(const Call& call, const Answer& answer) const {
  const ErrorContext context{.operation = call.asked.operation,
                             .object = call.object,
                             .host = endpoint_.base.authority(),
                             .region = endpoint_.region,
                             .credentials_source = credentials_source_,
                             .skew = skew_,
                             .attempts = answer.attempts};
  if (answer.failure) return error_from_failure(*answer.failure, context);
  return error_from_reply(answer.reply, answer.response, answer.error, context);
}

}  // namespace start_claude::s3
