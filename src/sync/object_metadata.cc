#include "sync/object_metadata.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace start_claude::sync {
namespace {

constexpr std::size_t writer_length_max = 64;

std::string value_of(const s3::Metadata& metadata, const std::string& name) {
  const auto found = metadata.find(name);
  return found != metadata.end() ? std::string(base::trim(found->second)) : "";
}

/// "clock", "clock-2", "clock-3".
std::string clock_name(std::size_t index) {
  return index == 0 ? "clock" : "clock-" + std::to_string(index + 1);
}

bool is_hexadecimal(std::string_view text, std::size_t digits) {
  return text.size() == digits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// A host name as a header value: anything but visible ASCII becomes "?".
std::string ascii_writer(std::string_view name) {
  std::string ascii(name.substr(0, writer_length_max));
  for (char& c : ascii) {
    if (c <= ' ' || c > '~') c = '?';
  }
  return ascii;
}

}  // namespace

ObjectMetadata parse_object_metadata(const s3::Metadata& metadata) {
  ObjectMetadata parsed;
  parsed.local_modified = base::parse_time(value_of(metadata, "local-modified"));
  parsed.upload_timestamp = base::parse_time(value_of(metadata, "upload-timestamp"));
  const auto version = base::parse_unsigned(value_of(metadata, "config-version"));
  if (version && *version <= 1'000'000) parsed.config_version = static_cast<int>(*version);
  const std::string sha256 = base::to_lower(value_of(metadata, "content-sha256"));
  if (is_hexadecimal(sha256, 64)) parsed.content_sha256 = sha256;
  parsed.writer = ascii_writer(value_of(metadata, "writer"));
  std::vector<std::string> clock;
  for (;;) {
    std::string part = value_of(metadata, clock_name(clock.size()));
    if (part.empty()) break;
    clock.push_back(std::move(part));
  }
  // One strange entry makes the whole of it untrustworthy.
  parsed.clock = parse_parts(clock).value_or(VersionVector{});
  return parsed;
}

s3::Metadata format_object_metadata(const ObjectMetadata& metadata) {
  s3::Metadata formatted;
  if (metadata.local_modified) {
    formatted["local-modified"] = base::format_rfc3339(*metadata.local_modified);
  }
  if (metadata.upload_timestamp) {
    formatted["upload-timestamp"] = base::format_rfc3339(*metadata.upload_timestamp);
  }
  if (metadata.config_version) {
    formatted["config-version"] = std::to_string(*metadata.config_version);
  }
  if (!metadata.content_sha256.empty()) formatted["content-sha256"] = metadata.content_sha256;
  if (!metadata.writer.empty()) formatted["writer"] = ascii_writer(metadata.writer);
  const std::vector<std::string> clock = format_parts(metadata.clock);
  for (std::size_t i = 0; i < clock.size(); ++i) formatted[clock_name(i)] = clock[i];
  return formatted;
}

}  // namespace start_claude::sync
