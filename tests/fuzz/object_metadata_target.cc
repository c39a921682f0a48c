// The object's x-amz-meta headers and the dates in them, from whoever wrote the object.
//
// Input: lines "name: value", names without "x-amz-meta-". Every value is read as a date, too.
#include "base/text.h"
#include "base/time.h"
#include "property.h"
#include "sync/clock.h"
#include "sync/object_metadata.h"
#include "targets.h"

namespace start_claude::fuzz {
namespace {

void check_dates(std::string_view text) {
  if (const auto time = base::parse_time(text)) {
    const std::string formatted = base::format_rfc3339(*time);
    if (base::parse_time(formatted) != time) broken("RFC 3339 is read back", formatted);
    const auto second = std::chrono::floor<std::chrono::seconds>(*time);
    if (base::parse_time(base::format_http_date(second)) != UtcTime(second)) {
      broken("an HTTP date is read back", base::format_http_date(second));
    }
    if (base::parse_amz_date(base::format_amz_date(second)) != UtcTime(second)) {
      broken("an x-amz-date is read back", base::format_amz_date(second));
    }
  }
  const auto amz_date = base::parse_amz_date(text);
  if (amz_date && base::format_amz_date(*amz_date) != text) {
    broken("there is one x-amz-date for a time", base::format_amz_date(*amz_date));
  }
}

bool is_header_text(std::string_view text) {
  for (const char c : text) {
    if (c < ' ' || c > '~') return false;
  }
  return true;
}

/// What somebody else wrote is no larger than what we write, and goes back as it came.
void check_clock(const sync::VersionVector& clock) {
  const std::string text = sync::format_clock(clock);
  if (sync::clock_from_text(text) != clock) broken("a clock is read back", text);
  if (!(sync::limit(clock, "") == clock)) broken("a clock that was read fits", text);
  for (const std::string& part : sync::format_parts(clock)) {
    if (part.size() > sync::clock_value_bytes_max) broken("a part of a clock fits", part);
  }
}

}  // namespace

void object_metadata(std::string_view input) {
  s3::Metadata metadata;
  for (const std::string_view line : base::split(input, '\n')) {
    const auto colon = std::min(line.find(':'), line.size());
    const auto value = colon < line.size() ? line.substr(colon + 1) : std::string_view{};
    metadata[std::string(line.substr(0, colon))] = value;
    check_dates(base::trim(value));
  }
  const auto parsed = sync::parse_object_metadata(metadata);
  const auto formatted = sync::format_object_metadata(parsed);
  for (const auto& [name, value] : formatted) {
    if (!is_header_text(name) || !is_header_text(value)) broken("metadata is ASCII", value);
  }
  if (!(sync::parse_object_metadata(formatted) == parsed)) broken("metadata is read back");
  check_clock(parsed.clock);
}

}  // namespace start_claude::fuzz
