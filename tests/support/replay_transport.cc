#include "support/replay_transport.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <exception>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

#include "base/text.h"
#include "support/waiting_time.h"

namespace start_claude::support {
namespace {

void fail_test(const std::string& message) { FAIL(message); }

std::vector<http::Exchange> parsed(const std::string& name, const std::string& text) {
  auto exchanges = http::parse_exchanges(text);
  if (!exchanges) FAIL(name + ": " + exchanges.error().message);
  return std::move(*exchanges);
}

std::vector<http::Exchange> read_exchanges(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) FAIL("cannot read " + path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!text.str().starts_with("# ")) FAIL(path + ": the first line does not say what it shows");
  return parsed(path, text.str());
}

std::string path_of(const std::string& scenario) {
  return std::string(FIXTURES) + "/http/" + scenario + ".http";
}

/// Whether `text` is `pattern` with any text in the place of every `any_text`.
bool matches(std::string_view pattern, std::string_view text) {
  const auto gap = pattern.find(http::any_text);
  if (gap == std::string_view::npos) return pattern == text;
  if (!text.starts_with(pattern.substr(0, gap))) return false;
  const auto rest = pattern.substr(gap + http::any_text.size());
  for (auto i = gap; i <= text.size(); ++i) {
    if (matches(rest, text.substr(i))) return true;
  }
  return false;
}

/// Header names in lower case and in order, so that what is left to differ means something.
http::Request in_order(http::Request request) {
  std::vector<http::Header> headers;
  for (const auto& [name, value] : request.headers) {
    headers.push_back(http::Header{base::to_lower(name), value});
  }
  std::stable_sort(headers.begin(), headers.end(),
                   [](const auto& a, const auto& b) { return a.name < b.name; });
  request.headers = http::Headers{};
  for (auto& [name, value] : headers) request.headers.add(std::move(name), std::move(value));
  return request;
}

bool is_same(const http::Request& recorded, const http::Request& sent) {
  const auto same_header = [](const http::Header& a, const http::Header& b) {
    return a.name == b.name && matches(a.value, b.value);
  };
  return recorded.method == sent.method && recorded.uri == sent.uri &&
         std::equal(recorded.headers.begin(), recorded.headers.end(), sent.headers.begin(),
                    sent.headers.end(), same_header) &&
         matches(recorded.body, sent.body);
}

/// Longest run of lines that correspond first, the usual way of a diff: small, so quadratic is
/// fine.
std::string line_difference(const std::vector<std::string>& recorded,
                            const std::vector<std::string>& sent) {
  std::string text;
  std::size_t next = 0;
  for (const auto& line : recorded) {
    const auto found =
        std::find_if(sent.begin() + static_cast<std::ptrdiff_t>(next), sent.end(),
                     [&line](const std::string& candidate) { return matches(line, candidate); });
    if (found == sent.end()) {
      text += "  - " + line + "\n";
      continue;
    }
    const auto position = static_cast<std::size_t>(found - sent.begin());
    for (; next < position; ++next) text += "  + " + sent[next] + "\n";
    text += "    " + line + "\n";
    ++next;
  }
  for (; next < sent.size(); ++next) text += "  + " + sent[next] + "\n";
  return text;
}

}  // namespace

std::string difference(const http::Request& recorded, const http::Request& sent) {
  const auto a = in_order(recorded);
  const auto b = in_order(sent);
  if (is_same(a, b)) return {};
  return line_difference(http::request_lines(a), http::request_lines(b));
}

ReplayTransport::ReplayTransport(const std::string& scenario)
    : ReplayTransport(path_of(scenario), read_exchanges(path_of(scenario)), fail_test) {}

ReplayTransport ReplayTransport::from_text(const std::string& text) {
  return ReplayTransport("exchanges", parsed("exchanges", text), fail_test);
}

ReplayTransport::ReplayTransport(std::string name, std::vector<http::Exchange> exchanges,
                                 Complain complain)
    : name_(std::move(name)), exchanges_(std::move(exchanges)), complain_(std::move(complain)) {}

ReplayTransport::~ReplayTransport() {
  // A test that is failing already must not be stopped from saying why.
  if (settled_ || std::uncaught_exceptions() > 0) return;
  FAIL_CHECK(name_ + ": the test ended without finish()");
}

http::Reply ReplayTransport::send(const http::Request& request, const http::Limits&) {
  std::string complaint;
  if (played_ == exchanges_.size()) {
    complaint = name_ + ": one more request than the " + std::to_string(played_) + " recorded\n" +
                line_difference({}, http::request_lines(request));
  } else {
    const auto& exchange = exchanges_[played_];
    const auto lines = difference(exchange.request, request);
    if (lines.empty()) {
      ++played_;
      use_waiting_time(request);
      return exchange.reply;
    }
    complaint = name_ + ":" + std::to_string(exchange.line) + ": request " +
                std::to_string(played_ + 1) + " is not the recorded one (- recorded, + sent)\n" +
                lines;
  }
  settled_ = true;
  complain_(complaint);
  return http::Failure{http::FailureKind::malformed_response, "not the recorded request"};
}

void ReplayTransport::finish() {
  if (settled_) return;
  settled_ = true;
  if (played_ == exchanges_.size()) return;
  const auto& next = exchanges_[played_];
  complain_(name_ + ":" + std::to_string(next.line) + ": played " + std::to_string(played_) +
            " of " + std::to_string(exchanges_.size()) + " exchanges; still expected\n" +
            line_difference(http::request_lines(next.request), {}));
}

}  // namespace start_claude::support
