// A transport that answers what a test wrote down, in order, and keeps what it was sent.
//
// A request more than there are answers throws, which fails the test; a test that cares about
// answers nobody asked for checks remaining().
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "http/transport.h"
#include "support/fake_clock.h"
#include "support/waiting_time.h"

namespace start_claude::support {

/// An answer, and how long it takes to come.
struct ScriptedAnswer {
  http::Reply reply;
  std::chrono::milliseconds takes{0};
};

class ScriptedTransport final : public http::Transport {
 public:
  /// `clock` is advanced by what each answer takes.
  explicit ScriptedTransport(FakeClock& clock) : clock_(clock) {}

  void answer(http::Reply reply, std::chrono::milliseconds takes = {}) {
    answers_.push_back({std::move(reply), takes});
  }

  http::Reply send(const http::Request& request, const http::Limits& within) override {
    requests.push_back(request);
    limits.push_back(within);
    if (answers_.empty()) {
      throw std::logic_error("unexpected request: " + request.method + ' ' + request.uri.text());
    }
    const ScriptedAnswer next = std::move(answers_.front());
    answers_.pop_front();
    clock_.advance(next.takes);
    const auto* failure = std::get_if<http::Failure>(&next.reply);
    if (failure == nullptr || http::may_have_had_effect(failure->kind)) use_waiting_time(request);
    return next.reply;
  }

  std::size_t remaining() const { return answers_.size(); }

  std::vector<http::Request> requests;
  std::vector<http::Limits> limits;  ///< of each request

 private:
  FakeClock& clock_;
  std::deque<ScriptedAnswer> answers_;
};

/// "<Error><Code>code</Code>…</Error>"; `more` is XML that goes in as it is.
inline http::Response s3_error(int status, const std::string& code, const std::string& more = {}) {
  return {
      .status = status,
      .headers = {{"content-type", "application/xml"}, {"x-amz-request-id", "4442587FB7D0A2F9"}},
      .body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code +
              "</Code><Message>Said by the server</Message>" + more +
              "<RequestId>4442587FB7D0A2F9</RequestId></Error>"};
}

}  // namespace start_claude::support
