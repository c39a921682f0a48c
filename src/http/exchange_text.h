// HTTP exchanges as text: what `--record` writes and what the replay tests play.
//
// The format is described in fixtures/http/README.md. What is parsed and formatted again is the
// same text, and what is formatted and parsed again is the same exchange (see `parse_exchanges`).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/transport.h"

namespace start_claude::http {

struct Exchange {
  /// Header values and body may hold `any_text`, which stands for whatever is sent there.
  Request request;
  Reply reply;
  /// Where the request stands in the file, from 1; 0 for exchanges that come from no file.
  std::size_t line = 0;
};

/// Stands in a recorded request for text that is another one every time: a date, a signature.
inline constexpr std::string_view any_text = "{any}";

/// Errors are of kind invalid_data and start with the line: "line 12: ...". A reply without
/// Content-Length gets the right one, unless it is one that has no body by its nature.
Result<std::vector<Exchange>> parse_exchanges(std::string_view text);

/// `comment` goes on top, each of its lines behind a "#"; it may be empty.
std::string format_exchanges(const std::vector<Exchange>& exchanges, std::string_view comment);

/// The lines of one request: what format_exchanges writes for it, without line ends.
std::vector<std::string> request_lines(const Request& request);

/// "connection_lost" and so on: the enumerator's name.
std::string_view failure_name(FailureKind kind);

}  // namespace start_claude::http
