// URLs, and the endpoints, buckets, keys and regions people paste into settings.
//
// Input: lines: URL, bucket, region, key, addressing ("path", "virtual" or nothing).
#include "base/text.h"
#include "property.h"
#include "s3/endpoint.h"
#include "server/s3_address.h"
#include "targets.h"

namespace start_claude::fuzz {
namespace {

void check_uri(std::string_view text) {
  const std::string encoded = http::encode_segment(text);
  if (http::percent_decode(encoded) != text) broken("what is encoded is decoded", encoded);
  if (http::encode_path(text).find_first_of(" ?#%") != std::string::npos &&
      http::percent_decode(http::encode_path(text)) != text) {
    broken("an encoded path is decoded", http::encode_path(text));
  }
  (void)http::percent_decode(text);
  const auto uri = http::parse_uri(text);
  if (!uri) {
    if (uri.error().kind != ErrorKind::usage) broken("a bad URL is a usage error");
    return;
  }
  const auto again = http::parse_uri(uri->text());
  if (!again || !(*again == *uri)) broken("a URL is read back", uri->text());
  if (uri->effective_port() == 0) broken("a port is not 0", uri->text());
  if (!uri->path.starts_with('/')) broken("a path starts with a slash", uri->path);
  (void)http::is_loopback(*uri);
}

s3::Addressing addressing_from(std::string_view text) {
  if (text == "path") return s3::Addressing::path_style;
  if (text == "virtual") return s3::Addressing::virtual_hosted;
  return s3::Addressing::automatic;
}

/// What our client asks for is what our server understands.
void check_object_uri(const s3::Endpoint& endpoint, std::string_view bucket, std::string_view key) {
  const auto uri = s3::object_uri(endpoint, bucket, key);
  const auto again = http::parse_uri(uri.text());
  if (!again || !(*again == uri)) broken("the URI of an object is a URI", uri.text());
  if (endpoint.base.path != "/" || !s3::check_bucket_name(bucket, true)) return;
  std::vector<std::string> domains;
  if (endpoint.addressing == s3::Addressing::virtual_hosted) domains = {endpoint.base.host};
  const auto address = server::parse_s3_address(uri, domains);
  const auto* found = std::get_if<server::S3Address>(&address);
  if (found == nullptr || found->bucket != bucket || found->key != key) {
    broken("the server reads the bucket and the key that the client wrote", uri.text());
  }
}

}  // namespace

void endpoint(std::string_view input) {
  auto lines = base::split(input, '\n');
  lines.resize(5);
  check_uri(lines[0]);
  const std::string_view bucket = lines[1];
  const std::string_view key = lines[3];
  s3::EndpointOptions options{.region = std::string(lines[2]),
                              .addressing = addressing_from(lines[4])};
  if (!lines[0].empty()) options.url = lines[0];
  const auto endpoint = s3::resolve_endpoint(options, bucket);
  if (!endpoint) {
    if (endpoint.error().message.empty()) broken("an error says something");
    return;
  }
  if (endpoint->addressing == s3::Addressing::automatic) broken("addressing is decided");
  if (endpoint->region.empty()) broken("there is a region to sign for");
  const auto moved = s3::endpoint_in_region(*endpoint, "eu-west-1");
  const auto back = s3::endpoint_in_region(moved, endpoint->region);
  if (back.is_amazon != endpoint->is_amazon) broken("another region is of the same owner");
  if (!s3::check_bucket_name(bucket, endpoint->is_amazon) || !s3::check_object_key(key)) return;
  check_object_uri(*endpoint, bucket, key);
  check_object_uri(moved, bucket, key);
}

}  // namespace start_claude::fuzz
