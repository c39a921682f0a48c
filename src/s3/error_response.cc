#include "s3/error_response.h"

#include "base/text.h"
#include "s3/xml.h"

namespace start_claude::s3 {
namespace {

constexpr std::size_t body_bytes_max = std::size_t{64} * 1024;
constexpr std::size_t value_bytes_max = 1024;
constexpr std::size_t canonical_bytes_max = std::size_t{16} * 1024;

bool is_code(std::string_view text) {
  constexpr std::size_t length_max = 64;
  if (text.empty() || text.size() > length_max) return false;
  for (const char c : base::to_lower(text)) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.')) return false;
  }
  return true;
}

bool is_region(std::string_view text) {
  // Servers of one's own: "zg_publicru", "EU-West", "home.lab".
  constexpr std::size_t length_max = 63;
  return !text.empty() && text.size() <= length_max &&
         base::to_lower(text).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") ==
             std::string::npos;
}

/// "eu-west-1", as Amazon names them; not "accelerate" or "external-1", which hosts contain too.
bool is_amazon_region(std::string_view text) {
  return is_region(text) && base::split(text, '-').size() >= 3 && text.back() >= '0' &&
         text.back() <= '9';
}

/// "eu-west-1" from "bucket.s3.eu-west-1.amazonaws.com", "s3.dualstack.eu-west-1.amazonaws.com"
/// and the older "bucket.s3-eu-west-1.amazonaws.com"; empty if the host names none.
std::string region_from_host(std::string_view host) {
  const auto suffix = host.find(".amazonaws.com");
  if (suffix == std::string_view::npos) return {};
  host = host.substr(0, suffix);
  std::string_view last = host.substr(host.rfind('.') + 1);
  if (last.starts_with("s3-")) last.remove_prefix(3);
  return is_amazon_region(last) ? std::string(last) : std::string{};
}

/// "…; the region is wrong; expecting 'eu-west-1'.", as Amazon words it and others after it.
std::string region_from_message(std::string_view message) {
  constexpr std::string_view mark = "expecting '";
  const auto start = message.find(mark);
  if (start == std::string_view::npos) return {};
  const std::string_view rest = message.substr(start + mark.size());
  const std::string_view region = rest.substr(0, rest.find('\''));
  return region.size() < rest.size() && is_region(region) ? std::string(region) : std::string{};
}

}  // namespace

std::optional<ErrorResponse> parse_error_response(std::string_view body) {
  const auto error = find_xml(body.substr(0, body_bytes_max), "Error");
  if (!error) return std::nullopt;
  ErrorResponse parsed;
  XmlReader reader(error->content);
  while (const auto element = reader.next()) {
    const auto is = [&](std::string_view name) { return element->name == name; };
    const auto text = [&] { return xml_text(element->content.substr(0, value_bytes_max)); };
    if (is("Code")) parsed.code = text();
    if (is("Message")) parsed.message = text();
    if (is("Region")) parsed.region = text();
    if (is("Endpoint")) parsed.endpoint = text();
    if (is("Header")) parsed.header = text();
    if (is("CanonicalRequest")) {
      parsed.canonical_request = xml_text(element->content.substr(0, canonical_bytes_max));
    }
    if (is("ArgumentName")) parsed.argument = text();
    if (is("ServerTime")) parsed.server_time = base::parse_time(text());
  }
  if (!is_code(parsed.code)) return std::nullopt;
  return parsed;
}

std::string region_hint(const http::Response& response, const std::optional<ErrorResponse>& error) {
  if (const auto region = response.headers.find("x-amz-bucket-region")) {
    if (is_region(*region)) return *region;
  }
  if (!error) return {};
  if (is_region(error->region)) return error->region;
  const std::string named = region_from_host(base::to_lower(error->endpoint));
  return named.empty() ? region_from_message(error->message) : named;
}

}  // namespace start_claude::s3
