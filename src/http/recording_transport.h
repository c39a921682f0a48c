// A transport that writes down what goes through it, without the secrets, as text that the replay
// tests can play: `--record FILE` and the scripts that record fixtures.
//
// Signatures, tokens, cookies and foreign access key ids never get into the text; what else is
// secret (a document's API keys, credentials in a reply) only the caller's function can know.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "http/exchange_text.h"
#include "http/transport.h"

namespace start_claude::http {

class RecordingTransport final : public Transport {
 public:
  /// Returns the text without what must not be seen. Called with every body, header value, URI
  /// path and query, and failure reason.
  using Redact = std::function<std::string(std::string_view)>;

  /// `inner` does the work and must live longer.
  RecordingTransport(Transport& inner, Redact redact);

  Reply send(const Request& request, const Limits& limits) override;

  /// Everything so far, in the format of fixtures/http.
  std::string text(std::string_view comment) const { return format_exchanges(exchanges_, comment); }

 private:
  Transport& inner_;
  Redact redact_;
  std::vector<Exchange> exchanges_;
};

/// The request as it may be shown and as it can be replayed: what is secret or another one every
/// time has become `any_text`.
Request redacted_request(const Request& request, const RecordingTransport::Redact& redact);
/// The reply as it may be shown: secrets have become "REDACTED".
Reply redacted_reply(const Reply& reply, const RecordingTransport::Redact& redact);

}  // namespace start_claude::http
