#include "server/s3_listing.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"
#include "http/uri.h"
#include "server/s3_conditions.h"

namespace start_claude::server {
namespace {

constexpr std::size_t page_keys_max = 1000;
constexpr std::string_view xml_start = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
constexpr std::string_view xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

class XmlText {
 public:
  explicit XmlText(std::string_view root) : root_(root), text_(xml_start) {
    text_.append("<").append(root).append(" xmlns=\"").append(xml_namespace).append("\">");
  }
  void add(std::string_view name, std::string_view value) {
    text_.append("<").append(name).append(">").append(escape_xml(value));
    close(name);
  }
  void open(std::string_view name) { text_.append("<").append(name).append(">"); }
  void close(std::string_view name) { text_.append("</").append(name).append(">"); }
  std::string finish() {
    close(root_);
    return std::move(text_);
  }

 private:
  std::string root_;
  std::string text_;
};

std::string spelled(const ListingRequest& request, std::string_view key) {
  return request.url_encoded ? http::encode_path(key) : std::string(key);
}

std::string_view yes_or_no(bool value) { return value ? "true" : "false"; }

S3Error bad_argument(std::string name, std::string value) {
  return {S3ErrorCode::invalid_argument,
          "The value given for " + name + " is not valid.",
          {{"ArgumentName", name}, {"ArgumentValue", std::move(value)}}};
}

/// What the key is listed under: its part up to the first delimiter after the prefix, or nothing.
std::optional<std::string> common_prefix(const std::string& key, const ListingRequest& request) {
  if (request.delimiter.empty()) return std::nullopt;
  const auto found = key.find(request.delimiter, request.prefix.size());
  if (found == std::string::npos) return std::nullopt;
  return key.substr(0, found + request.delimiter.size());
}

void add_owner(XmlText& xml) {
  xml.open("Owner");
  xml.add("ID", "start-claude");
  xml.add("DisplayName", "start-claude");
  xml.close("Owner");
}

void add_attributes(XmlText& xml, const StoredObject& object) {
  xml.add("LastModified", base::format_rfc3339(object.last_modified));
  xml.add("ETag", etag_of(object));
  xml.add("Size", std::to_string(object.size));
  xml.add("StorageClass", "STANDARD");
}

/// The elements that both listings begin with.
void add_request(XmlText& xml, const Listing& listing) {
  const auto& request = listing.request;
  xml.add("Name", request.bucket);
  xml.add("Prefix", spelled(request, request.prefix));
  if (!request.delimiter.empty()) xml.add("Delimiter", spelled(request, request.delimiter));
  if (request.url_encoded) xml.add("EncodingType", "url");
  xml.add("MaxKeys", std::to_string(request.keys_max));
  xml.add("IsTruncated", yes_or_no(listing.page.next_after.has_value()));
}

void add_common_prefixes(XmlText& xml, const Listing& listing) {
  for (const auto& prefix : listing.page.common_prefixes) {
    xml.open("CommonPrefixes");
    xml.add("Prefix", spelled(listing.request, prefix));
    xml.close("CommonPrefixes");
  }
}

}  // namespace

std::variant<ListingRequest, S3Error> parse_listing_request(const std::string& bucket,
                                                            const QueryParameters& query) {
  ListingRequest request{.bucket = bucket};
  request.prefix = query.find("prefix").value_or("");
  request.delimiter = query.find("delimiter").value_or("");
  if (const auto encoding = query.find("encoding-type"); encoding && !encoding->empty()) {
    if (*encoding != "url") return bad_argument("encoding-type", *encoding);
    request.url_encoded = true;
  }
  if (const auto keys_max = query.find("max-keys"); keys_max && !keys_max->empty()) {
    const auto number = base::parse_unsigned(*keys_max);
    if (!number) return bad_argument("max-keys", *keys_max);
    request.keys_max = std::min<std::size_t>(*number, page_keys_max);
  }
  // "key-marker" is what ListObjectVersions calls it, "marker" what the first ListObjects does.
  request.start_after = query.find("start-after");
  for (const std::string_view name : {"start-after", "key-marker", "marker"}) {
    if (const auto value = query.find(name)) request.after = *value;
  }
  request.continuation_token = query.find("continuation-token");
  if (request.continuation_token) {
    const auto after = base::from_hex(*request.continuation_token);
    if (!after || after->empty()) {
      return bad_argument("continuation-token", *request.continuation_token);
    }
    request.after = *after;
  }
  return request;
}

ListingPage select_page(const std::vector<std::string>& keys, const ListingRequest& request) {
  ListingPage page;
  std::string last = request.after;
  const auto count = [&] { return page.keys.size() + page.common_prefixes.size(); };
  for (const auto& key : keys) {
    if (!last.empty() && key <= last) continue;
    const auto group = common_prefix(key, request);
    // A group is passed as a whole: the last page may have ended with it.
    if (group && *group == last) continue;
    if (count() == request.keys_max) {
      if (request.keys_max > 0) page.next_after = last;
      break;
    }
    if (group) {
      page.common_prefixes.push_back(*group);
    } else {
      page.keys.push_back(key);
    }
    last = group.value_or(key);
  }
  return page;
}

std::string format_object_listing(const Listing& listing) {
  XmlText xml("ListBucketResult");
  add_request(xml, listing);
  const auto& request = listing.request;
  const auto listed = listing.objects.size() + listing.page.common_prefixes.size();
  xml.add("KeyCount", std::to_string(listed));
  if (request.start_after) xml.add("StartAfter", spelled(request, *request.start_after));
  if (request.continuation_token) xml.add("ContinuationToken", *request.continuation_token);
  if (const auto& next = listing.page.next_after) {
    xml.add("NextContinuationToken", base::to_hex(*next));
    xml.add("NextMarker", spelled(request, *next));
  }
  for (const auto& listed_object : listing.objects) {
    xml.open("Contents");
    xml.add("Key", spelled(request, listed_object.key));
    add_attributes(xml, listed_object.object);
    xml.close("Contents");
  }
  add_common_prefixes(xml, listing);
  return xml.finish();
}

std::string format_version_listing(const Listing& listing) {
  XmlText xml("ListVersionsResult");
  add_request(xml, listing);
  if (const auto& next = listing.page.next_after) {
    xml.add("NextKeyMarker", spelled(listing.request, *next));
    xml.add("NextVersionIdMarker", "null");
  }
  for (const auto& listed : listing.objects) {
    xml.open("Version");
    xml.add("Key", spelled(listing.request, listed.key));
    xml.add("VersionId", "null");
    xml.add("IsLatest", "true");
    add_attributes(xml, listed.object);
    add_owner(xml);
    xml.close("Version");
  }
  add_common_prefixes(xml, listing);
  return xml.finish();
}

std::string format_bucket_listing(const std::vector<BucketEntry>& buckets) {
  XmlText xml("ListAllMyBucketsResult");
  add_owner(xml);
  xml.open("Buckets");
  for (const auto& bucket : buckets) {
    xml.open("Bucket");
    xml.add("Name", bucket.name);
    xml.add("CreationDate", base::format_rfc3339(bucket.created));
    xml.close("Bucket");
  }
  xml.close("Buckets");
  return xml.finish();
}

}  // namespace start_claude::server
