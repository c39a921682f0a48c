// Where a bucket lives: from settings to the URI of an object.
//
// Virtual-hosted addressing on amazonaws.com and on services that know no other, unless the
// bucket's name has a dot; path-style on all other endpoints; either one on request. Follows
// "Bucket naming rules" and "Virtual hosting of buckets" of the Amazon S3 user guide.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/uri.h"

namespace start_claude::s3 {

enum class Addressing { automatic, path_style, virtual_hosted };

/// Which of Amazon's hosts.
struct HostVariant {
  bool dualstack = false;  ///< with IPv6, too
  bool fips = false;       ///< with the cryptography that some of its customers must use
};

struct EndpointOptions {
  /// "https://host[:port][/prefix]"; a missing scheme means https. Nothing means Amazon S3.
  std::optional<std::string> url = {};
  /// Empty: taken from the endpoint's host name where that names one, else us-east-1.
  std::string region = {};
  Addressing addressing = Addressing::automatic;
  HostVariant variant = {};  ///< where no URL names a host
};

struct Endpoint {
  http::Uri base;      ///< scheme, host, port and path prefix ("/" if none)
  std::string region;  ///< the one to sign for
  /// True for Amazon's own hosts, the only ones on which a redirect is followed.
  bool is_amazon = false;
  Addressing addressing = Addressing::path_style;  ///< never `automatic`
};

/// An endpoint pasted with its bucket, in front of the host ("bucket.s3.REGION.amazonaws.com") or
/// at the end of the path, is read without it. One that names another bucket is an error, on hosts
/// of services whose form is known; on hosts of one's own the path is a prefix unless it ends in
/// "/bucket", and the host is the host unless virtual-hosted addressing is asked for.
/// Errors are of kind `usage` and say which setting is wrong.
Result<Endpoint> resolve_endpoint(const EndpointOptions& options, std::string_view bucket);

/// What an endpoint's host name says by itself, before a bucket is chosen.
struct RecognisedEndpoint {
  std::string_view service = {};  ///< "DigitalOcean Spaces"; empty if nobody knows the host
  std::string region = {};        ///< empty if the name tells none
};
/// Of text as a person types it; an empty value for what is no endpoint.
RecognisedEndpoint recognise_endpoint(std::string_view url);

/// The same endpoint for another region: on Amazon S3 the region's own host, unless the endpoint is
/// a private or accelerated one; elsewhere only what is signed changes. Unchanged if `region` could
/// not be one: it may be a server's hint.
Endpoint endpoint_in_region(const Endpoint& endpoint, std::string_view region);

/// Amazon's name for the part of the world whose accounts a region belongs to, as in
/// "arn:aws-cn:s3:::bucket"; "aws" for every region that is not Amazon's.
std::string_view partition_of(std::string_view region);

/// The URI of the service, which is asked about all buckets.
http::Uri service_uri(const Endpoint& endpoint);
/// The URI of the bucket itself ("/bucket" or "/") or of an object in it; the key is encoded once.
http::Uri bucket_uri(const Endpoint& endpoint, std::string_view bucket);
http::Uri object_uri(const Endpoint& endpoint, std::string_view bucket, std::string_view key);

/// 3 to 63 characters a-z 0-9 . -, starting and ending with a letter or digit. On custom endpoints
/// also the upper case, "_", ":" and up to 255 characters that other servers allow.
Result<base::Done> check_bucket_name(std::string_view bucket, bool is_amazon);
/// The same for a bucket that need not be made: Amazon's of before March 2018 may have capitals and
/// "_", and are reached by their path.
Result<base::Done> check_bucket_in_use(std::string_view bucket, bool is_amazon);
/// Refuses empty keys, "." and ".." segments, "//", control characters, malformed UTF-8, a leading
/// or trailing "/" and more than 1,024 bytes: what HTTP libraries, proxies and servers are known to
/// rewrite.
Result<base::Done> check_object_key(std::string_view key);

}  // namespace start_claude::s3
