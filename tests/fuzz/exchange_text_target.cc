// HTTP exchanges as text: recordings and fixtures.
//
// Input: the text of such a file.
#include "http/exchange_text.h"
#include "property.h"
#include "targets.h"

namespace start_claude::fuzz {

void exchange_text(std::string_view input) {
  const auto exchanges = http::parse_exchanges(input);
  if (!exchanges) {
    if (!exchanges.error().message.starts_with("line ")) {
      broken("an error says where", exchanges.error().message);
    }
    return;
  }
  const std::string text = http::format_exchanges(*exchanges, "");
  const auto again = http::parse_exchanges(text);
  if (!again) broken("what is formatted can be parsed: " + again.error().message, text);
  if (again->size() != exchanges->size()) broken("no exchange gets lost", text);
  for (std::size_t i = 0; i < exchanges->size(); ++i) {
    const http::Request& request = (*exchanges)[i].request;
    const http::Request& same = (*again)[i].request;
    if (request.method != same.method || !(request.uri == same.uri) ||
        !(request.headers == same.headers) || request.body != same.body) {
      broken("a request is read back", text);
    }
  }
  if (http::format_exchanges(*again, "") != text) broken("formatted twice is the same", text);
}

}  // namespace start_claude::fuzz
