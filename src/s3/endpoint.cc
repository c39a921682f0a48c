#include "s3/endpoint.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "s3/endpoint_host.h"

namespace start_claude::s3 {
namespace {

constexpr std::string_view default_region = "us-east-1";
constexpr std::size_t region_bytes_max = 63;

Error usage(std::string message, std::string hint = {}) {
  return Error{ErrorKind::usage, std::move(message), std::move(hint)};
}

/// A region goes between slashes into the signature's scope and, on Amazon, into host names. A
/// server of one's own may call its region like a domain: "home.lab".
bool is_usable_region(std::string_view region, bool is_amazon) {
  return !region.empty() && region.size() <= region_bytes_max &&
         std::all_of(region.begin(), region.end(), [&](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || (c == '.' && !is_amazon);
         });
}

constexpr std::array<std::string_view, 5> schemes_mistyped = {"//", ":/", ":///", ":////", "///"};

/// As it was meant: without the quotes around it, "https//host", "https:/host" and "https:////host"
/// with the scheme they begin.
std::string tidied(std::string_view url) {
  for (const char quote : {'"', '\'', '`'}) {
    const bool is_quoted = url.size() > 1 && url.front() == quote && url.back() == quote;
    if (is_quoted) url = base::trim(url.substr(1, url.size() - 2));
  }
  for (const std::string_view scheme : {"https", "http"}) {
    if (!base::equal_ignoring_case(url.substr(0, scheme.size()), scheme)) continue;
    const std::string_view rest = url.substr(scheme.size());
    const std::string_view between =
        rest.substr(0, std::min(rest.find_first_not_of(":/"), rest.size()));
    const bool is_mistyped = std::find(schemes_mistyped.begin(), schemes_mistyped.end(), between) !=
                             schemes_mistyped.end();
    if (is_mistyped) {
      return std::string(scheme) + "://" + std::string(rest.substr(between.size()));
    }
  }
  return std::string(url);
}

Error bucket_address(std::string_view text) {
  std::string_view bucket = text.substr(std::string_view("s3://").size());
  bucket = bucket.substr(0, bucket.find('/'));
  return usage("the endpoint is the address of a bucket",
               "set the bucket to " + base::printable(bucket, 80) +
                   ", and leave the endpoint out for Amazon S3");
}

Result<http::Uri> parse_endpoint_url(std::string_view url) {
  std::string text = tidied(url);
  if (text.starts_with("s3://")) return bucket_address(text);
  if (text.find("://") == std::string::npos) text = "https://" + text;
  auto uri = http::parse_uri(text);
  if (!uri) {
    auto error = std::move(uri).error();
    error.message = "endpoint: " + error.message;
    return error;
  }
  if (!uri->query.empty()) {
    return usage("the endpoint must not have a ? and what follows it",
                 "leave out everything after the host name");
  }
  while (uri->path.size() > 1 && uri->path.ends_with('/')) uri->path.pop_back();
  return uri;
}

/// MinIO shows its buckets at HOST:9001/browser/BUCKET.
bool is_minio_console(const http::Uri& uri) {
  return uri.path == "/browser" || uri.path.starts_with("/browser/");
}

/// Backblaze writes "/file/BUCKET/NAME" behind its download hosts, and people behind the others.
void drop_file_folder(http::Uri& uri, const HostReading& reading) {
  constexpr std::string_view folder = "/file/";
  const bool is_there = reading.service == "Backblaze B2" && uri.path.starts_with(folder);
  if (is_there) uri.path.erase(0, folder.size() - 1);
}

Error other_bucket(std::string_view named, std::string_view bucket, const http::Uri& base) {
  const auto shown = base::printable(named, 80);
  if (bucket.empty()) {
    return usage("the endpoint names the bucket \"" + shown + "\", but no bucket is set",
                 "set the bucket to " + shown);
  }
  return usage("the endpoint names the bucket \"" + shown + "\", but the bucket is \"" +
                   base::printable(bucket, 80) + "\"",
               "leave the bucket out of the endpoint: " + base.scheme + "://" + base.authority());
}

/// Takes a pasted bucket off the end of the path. On hosts of one's own this also means: a prefix
/// that is called like the bucket must be written twice.
Result<base::Done> take_bucket_from_path(http::Uri& base, std::string_view bucket,
                                         bool is_known_service) {
  const auto slash = base.path.rfind('/');
  const auto last = http::percent_decode(std::string_view(base.path).substr(slash + 1));
  if (last && !last->empty() && last == bucket) {
    base.path.resize(std::max<std::size_t>(slash, 1));
  }
  if (!is_known_service || base.path == "/") return base::Done{};
  const auto first = base::split(std::string_view(base.path).substr(1), '/').front();
  if (base.path.size() == first.size() + 1) return other_bucket(first, bucket, base);
  return usage("the endpoint has a path, " + base::printable(base.path, 80) +
                   ", which this service does not have",
               "leave the path out of the endpoint: " + base.scheme + "://" + base.authority());
}

Result<std::string> region_for(const EndpointOptions& options, const HostReading& reading) {
  std::string region(base::trim(options.region));
  // "auto" is a region of Cloudflare, Google and Tigris only.
  const bool is_auto = reading.is_amazon && base::equal_ignoring_case(region, "auto");
  if (is_auto && reading.region.empty()) {
    return usage("\"auto\" is not a region of Amazon S3",
                 "set the endpoint of the service, or a region such as us-east-1");
  }
  if (region.empty() || is_auto) region = reading.region;
  if (region.empty()) region = default_region;
  if (reading.is_amazon) region = base::to_lower(region);
  if (!is_usable_region(region, reading.is_amazon)) {
    return usage("\"" + base::printable(region, 80) + "\" is not usable as a region",
                 "regions are written like us-east-1");
  }
  return region;
}

Result<Addressing> addressing_for(const EndpointOptions& options, const HostReading& reading,
                                  std::string_view bucket) {
  if (reading.is_accelerated) {
    if (options.addressing != Addressing::path_style) return Addressing::virtual_hosted;
    return usage("Amazon S3 Transfer Acceleration has no path-style addressing",
                 "leave the addressing out");
  }
  switch (options.addressing) {
    case Addressing::path_style: return Addressing::path_style;
    case Addressing::automatic: {
      // A dot in the bucket's name would not match the certificate's *.s3.REGION.amazonaws.com.
      const bool fits_into_host =
          check_bucket_name(bucket, true).has_value() && bucket.find('.') == std::string_view::npos;
      const bool is_private = reading.host.find(".vpce.") != std::string::npos;
      const bool prefers_host =
          (reading.is_amazon && !is_private) || reading.is_virtual_hosted_only;
      return prefers_host && fits_into_host ? Addressing::virtual_hosted : Addressing::path_style;
    }
    case Addressing::virtual_hosted: break;
  }
  if (is_ip_address(reading.host)) {
    return usage("virtual-hosted addressing needs a host name, and " + reading.host + " is none",
                 "use path-style addressing");
  }
  if (!check_bucket_name(bucket, true)) {
    return usage("the bucket \"" + base::printable(bucket, 80) + "\" cannot be part of a host name",
                 "use path-style addressing");
  }
  return Addressing::virtual_hosted;
}

/// On hosts nobody knows, only who asks for virtual-hosted addressing can mean the first label.
void take_bucket_from_own_host(HostReading& reading, const EndpointOptions& options,
                               std::string_view bucket) {
  const std::string prefix = std::string(bucket) + ".";
  if (reading.is_known_service || options.addressing != Addressing::virtual_hosted) return;
  if (!bucket.empty() && reading.host.starts_with(prefix)) reading.host.erase(0, prefix.size());
}

Result<Endpoint> endpoint_on_amazon(const EndpointOptions& options, std::string_view bucket) {
  HostReading reading;
  reading.is_amazon = true;
  auto region = region_for(options, reading);
  if (!region) return std::move(region).error();
  reading.host = amazon_host(*region, options.variant);
  auto addressing = addressing_for(options, reading, bucket);
  if (!addressing) return std::move(addressing).error();
  return Endpoint{.base = {.scheme = "https", .host = reading.host, .port = {}, .path = "/"},
                  .region = *std::move(region),
                  .is_amazon = true,
                  .addressing = *addressing};
}

/// base.path as what the rest of a path is appended to.
std::string path_prefix(const Endpoint& endpoint) {
  return endpoint.base.path == "/" ? std::string() : endpoint.base.path;
}

}  // namespace

Result<Endpoint> resolve_endpoint(const EndpointOptions& options, std::string_view bucket) {
  const auto url = base::trim(options.url ? std::string_view(*options.url) : std::string_view());
  if (url.empty()) return endpoint_on_amazon(options, bucket);
  auto base = parse_endpoint_url(url);
  if (!base) return std::move(base).error();
  auto reading = read_host(base->host);
  if (!reading) return std::move(reading).error();
  take_bucket_from_own_host(*reading, options, bucket);
  base->host = reading->host;
  if (is_minio_console(*base)) {
    return usage("the endpoint is a page of MinIO's console, not the service",
                 "write " + base->scheme + "://" + base->host +
                     ":9000, or the port that the S3 API has there");
  }
  drop_file_folder(*base, *reading);
  if (!reading->bucket.empty() && reading->bucket != bucket) {
    return other_bucket(reading->bucket, bucket, *base);
  }
  auto path = take_bucket_from_path(*base, bucket, reading->is_known_service);
  if (!path) return std::move(path).error();
  auto region = region_for(options, *reading);
  if (!region) return std::move(region).error();
  auto addressing = addressing_for(options, *reading, bucket);
  if (!addressing) return std::move(addressing).error();
  return Endpoint{.base = *std::move(base),
                  .region = *std::move(region),
                  .is_amazon = reading->is_amazon,
                  .addressing = *addressing};
}

RecognisedEndpoint recognise_endpoint(std::string_view url) {
  const auto base = parse_endpoint_url(base::trim(url));
  if (!base) return {};
  const auto reading = read_host(base->host);
  if (!reading) return {};
  return {.service = reading->service, .region = reading->region};
}

Endpoint endpoint_in_region(const Endpoint& endpoint, std::string_view region) {
  // The region may be what a server hinted at: it must not be able to name another host.
  if (!is_usable_region(region, endpoint.is_amazon)) return endpoint;
  Endpoint moved = endpoint;
  moved.region = region;
  if (endpoint.is_amazon) moved.base.host = amazon_host_in_region(endpoint.base.host, region);
  return moved;
}

http::Uri service_uri(const Endpoint& endpoint) {
  http::Uri uri = endpoint.base;
  uri.path = path_prefix(endpoint) + '/';
  return uri;
}

http::Uri bucket_uri(const Endpoint& endpoint, std::string_view bucket) {
  http::Uri uri = endpoint.base;
  if (endpoint.addressing == Addressing::virtual_hosted) {
    uri.host = std::string(bucket) + '.' + uri.host;
    uri.path = path_prefix(endpoint) + '/';
  } else {
    uri.path = path_prefix(endpoint) + '/' + http::encode_segment(bucket);
  }
  return uri;
}

http::Uri object_uri(const Endpoint& endpoint, std::string_view bucket, std::string_view key) {
  http::Uri uri = bucket_uri(endpoint, bucket);
  if (!uri.path.ends_with('/')) uri.path += '/';
  uri.path += http::encode_path(key);
  return uri;
}

}  // namespace start_claude::s3
