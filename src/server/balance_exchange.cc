#include "server/balance_exchange.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "base/time.h"

namespace start_claude::server {
namespace {

NoAnswer no_answer_from(const BalanceEndpoint& endpoint, const http::Failure& failure) {
  const bool is_timeout = failure.kind == http::FailureKind::timed_out;
  return {.status = is_timeout ? 504 : 502, .message = endpoint.name() + ": " + failure.reason};
}

}  // namespace

bool is_endpoint_failure(int status) {
  return status == 401 || status == 403 || status == 429 || (status >= 500 && status <= 599);
}

BalanceExchange::BalanceExchange(const BalanceParts& parts, std::shared_ptr<const BalanceSet> set,
                                 ClientRequest request, AnswerSink& sink)
    : parts_(parts), set_(std::move(set)), request_(std::move(request)), sink_(sink) {}

BalanceExchange::~BalanceExchange() {
  parts_.loop.cancel(timer_);
  if (stage_ == Stage::waiting) parts_.ledger.gave_up(endpoint());
  if (stage_ == Stage::waiting || stage_ == Stage::answering) parts_.client.cancel(stream_);
}

void BalanceExchange::begin() {
  last_failure_ = {.status = 503, .message = "there is no profile to send this to"};
  try_next();
}

bool BalanceExchange::has_another() const {
  return std::holds_alternative<Use>(parts_.ledger.choose(*set_, tried_, parts_.loop.now()));
}

void BalanceExchange::try_next() {
  const Choice choice = parts_.ledger.choose(*set_, tried_, parts_.loop.now());
  const auto* wait = std::get_if<Wait>(&choice);
  if (wait != nullptr && tried_.empty()) return refuse_waiting(wait->until);
  const auto* use = std::get_if<Use>(&choice);
  if (use == nullptr) {
    stage_ = Stage::over;
    return sink_.refuse(last_failure_);
  }
  tried_.push_back(use->index);
  stage_ = Stage::waiting;
  began_ = parts_.loop.now();
  parts_.ledger.began(endpoint());
  start_timer(set_->settings.first_byte_timeout);
  stream_ =
      parts_.client.start(endpoint().request_for(request_, set_->settings.connect_timeout), *this);
}

/// All that are left asked for it, so the client is asked for the same.
void BalanceExchange::refuse_waiting(Instant until) {
  stage_ = Stage::over;
  const auto wait = std::chrono::ceil<std::chrono::seconds>(until - parts_.loop.now());
  sink_.refuse({.status = 429,
                .message = "every profile asked to be left alone for " + base::format_span(wait) +
                           " and more",
                .retry_after = std::max(wait, std::chrono::seconds(1))});
}

http::StreamHandler::Flow BalanceExchange::on_head(const http::StreamHead& head) {
  const Instant now = parts_.loop.now();
  stage_ = Stage::answering;
  is_failure_ = is_endpoint_failure(head.status);
  if (is_failure_) {
    fail(ban_for(head));
    if (has_another()) {
      try_next();
      return Flow::cancel;
    }
  } else {
    parts_.ledger.answered(endpoint(), {now, now - began_}, *set_);
    parts_.ledger.lift_ban(endpoint());
  }
  request_.body.reset();  // there is no way back
  start_timer(set_->settings.stall_timeout);
  const Flow flow = sink_.send_head(head);
  is_held_up_ = flow == Flow::pause;
  if (flow == Flow::cancel) stage_ = Stage::over;
  return flow;
}

http::StreamHandler::Flow BalanceExchange::on_body(std::string_view piece) {
  last_sign_ = parts_.loop.now();
  const Flow flow = sink_.send_body(piece);
  is_held_up_ = flow == Flow::pause;
  if (flow == Flow::cancel) stage_ = Stage::over;
  return flow;
}

void BalanceExchange::on_end(const std::optional<http::Failure>& failure) {
  parts_.loop.cancel(std::exchange(timer_, 0));
  const Stage stage = std::exchange(stage_, Stage::over);
  if (stage == Stage::answering) {
    if (failure && !is_failure_) {
      parts_.ledger.broke_off(endpoint());
      parts_.ledger.ban(endpoint(), ban_for(failure->reason), parts_.loop.now());
    }
    return sink_.end(failure ? AnswerSink::Ending::cut : AnswerSink::Ending::whole);
  }
  if (!failure) return;
  last_failure_ = no_answer_from(endpoint(), *failure);
  fail(ban_for(failure->reason));
  try_next();
}

void BalanceExchange::fail(Ban ban) {
  parts_.ledger.failed(endpoint());
  parts_.ledger.ban(endpoint(), std::move(ban), parts_.loop.now());
}

Ban BalanceExchange::ban_for(std::string words) const {
  return {.until = parts_.loop.now() + set_->settings.ban,
          .reason = BanReason::failed,
          .words = std::move(words)};
}

Ban BalanceExchange::ban_for(const http::StreamHead& head) const {
  Ban ban = ban_for("status " + std::to_string(head.status));
  const auto value = head.headers.find("Retry-After");
  const auto wait = value ? parse_retry_after(*value, parts_.clock.now()) : std::nullopt;
  if (!wait || head.status == 401 || head.status == 403) return ban;
  ban.until = parts_.loop.now() + std::max(*wait, std::chrono::seconds(1));
  ban.reason = BanReason::was_asked;
  return ban;
}

void BalanceExchange::start_timer(std::chrono::milliseconds patience) {
  parts_.loop.cancel(timer_);
  patience_ = patience;
  last_sign_ = parts_.loop.now();
  timer_ = parts_.loop.call_after(patience, [this] { on_timer(); });
}

/// One timer for a whole stream: it looks when it goes off how long ago the last sign was.
void BalanceExchange::on_timer() {
  timer_ = 0;
  const Instant now = parts_.loop.now();
  if (is_held_up_) last_sign_ = now;
  const auto left = last_sign_ + patience_ - now;
  if (left <= left.zero()) return on_timeout();
  timer_ = parts_.loop.call_after(left, [this] { on_timer(); });
}

void BalanceExchange::on_timeout() {
  parts_.client.cancel(stream_);
  on_end(http::Failure{http::FailureKind::timed_out,
                       (stage_ == Stage::waiting ? "no answer for " : "nothing more for ") +
                           base::format_span(patience_)});
}

}  // namespace start_claude::server
