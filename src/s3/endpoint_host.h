// What the host name of an S3 endpoint says by itself: whose it is, which region, which bucket.
//
// Amazon's names follow "Amazon Simple Storage Service endpoints and quotas" of the AWS General
// Reference and the DNS suffixes of its partitions; the others their vendors' documentation.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "s3/endpoint.h"

namespace start_claude::s3 {

struct HostReading {
  std::string host;    ///< without the bucket
  std::string bucket;  ///< what stood before the endpoint's own name; empty if nothing did
  std::string region;  ///< empty if the name tells none
  /// What people call it: "DigitalOcean Spaces"; empty if nobody knows the host.
  std::string_view service = {};
  bool is_amazon = false;
  /// A service whose endpoints have no path of their own: what follows the host is a bucket.
  bool is_known_service = false;
  /// A service that refuses path-style addressing, for new buckets at least.
  bool is_virtual_hosted_only = false;
  /// Amazon S3 Transfer Acceleration has no path-style addressing.
  bool is_accelerated = false;
};

/// Precondition: lower case, as in http::Uri. A host nobody knows is read as itself, without
/// region. An error, of kind `usage`, for names of Amazon that are no endpoint for buckets.
Result<HostReading> read_host(std::string_view host);

/// "s3.eu-west-1.amazonaws.com", or what the partition of that region has in place of it.
std::string amazon_host(std::string_view region, HostVariant variant = {});

/// The same host of Amazon S3 for another region; private (VPC) and accelerated ones are the same
/// for all regions, and stay.
std::string amazon_host_in_region(std::string_view host, std::string_view region);

/// Dotted IPv4, or IPv6 in brackets: nothing a bucket's name can be put in front of.
bool is_ip_address(std::string_view host);

}  // namespace start_claude::s3
