// The XML documents that list things: buckets, objects (ListObjectsV2), versions.
//
// Follows the response syntax of "ListBuckets", "ListObjectsV2" and "ListObjectVersions" in the
// Amazon S3 API reference. Which keys are on a page is decided by select_page(), without any disk.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/object_files.h"
#include "server/s3_address.h"
#include "server/s3_error.h"

namespace start_claude::server {

struct ListingRequest {
  std::string bucket;
  std::string prefix;
  std::string delimiter;
  /// Keys up to this one are skipped: start-after, or what the continuation token stands for.
  std::string after;
  std::size_t keys_max = 1000;
  bool url_encoded = false;  ///< encoding-type=url: keys are percent-encoded in the answer
  /// Sent back as they came.
  std::optional<std::string> start_after;
  std::optional<std::string> continuation_token;
};

std::variant<ListingRequest, S3Error> parse_listing_request(const std::string& bucket,
                                                            const QueryParameters& query);

struct ListingPage {
  std::vector<std::string> keys;
  std::vector<std::string> common_prefixes;
  /// Where the next page goes on; nothing if this is the last one.
  std::optional<std::string> next_after;
};

/// `keys` are all those with the prefix, sorted.
ListingPage select_page(const std::vector<std::string>& keys, const ListingRequest& request);

struct ListedObject {
  std::string key;
  StoredObject object;
};

struct Listing {
  ListingRequest request;
  ListingPage page;
  std::vector<ListedObject> objects;  ///< those of page.keys that are still there
};

std::string format_object_listing(const Listing& listing);
/// Nothing is versioned: every object is its only version, "null".
std::string format_version_listing(const Listing& listing);
std::string format_bucket_listing(const std::vector<BucketEntry>& buckets);

}  // namespace start_claude::server
