// A transport that plays recorded exchanges and accepts nothing else.
//
// A request that is unexpected, missing, out of order or in any way different fails the test with
// the lines that differ. The format of the recordings is in fixtures/http/README.md.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "http/exchange_text.h"
#include "http/transport.h"

namespace start_claude::support {

class ReplayTransport final : public http::Transport {
 public:
  /// Gets told, in several lines, what went wrong. The default one fails the running test.
  using Complain = std::function<void(const std::string&)>;

  /// Plays fixtures/http/`scenario`.http: "minio/first_upload". Fails the test if it is missing or
  /// malformed.
  explicit ReplayTransport(const std::string& scenario);
  /// Plays the text of such a file.
  static ReplayTransport from_text(const std::string& text);
  ReplayTransport(std::string name, std::vector<http::Exchange> exchanges, Complain complain);
  /// Complains if finish() was not called: a test must not pass because it forgot to look.
  ~ReplayTransport() override;
  ReplayTransport(const ReplayTransport&) = delete;
  ReplayTransport& operator=(const ReplayTransport&) = delete;

  /// After a complaint that did not throw, a failure of kind malformed_response.
  http::Reply send(const http::Request& request, const http::Limits& limits) override;

  /// Complains unless every exchange was played.
  void finish();

  /// What will be and was played; a test can take its endpoint from the first one.
  const std::vector<http::Exchange>& exchanges() const { return exchanges_; }

 private:
  std::string name_;
  std::vector<http::Exchange> exchanges_;
  Complain complain_;
  std::size_t played_ = 0;
  bool settled_ = false;  ///< finished, or complained already
};

/// Empty if `sent` is what was recorded, else the lines of both: " " same, "-" recorded and not
/// sent, "+" sent and not recorded. Header names compare without case, their order does not count,
/// and `http::any_text` in a recorded header value or body matches any text.
std::string difference(const http::Request& recorded, const http::Request& sent);

}  // namespace start_claude::support
