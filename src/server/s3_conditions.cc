#include "server/s3_conditions.h"

#include <algorithm>
#include <chrono>
#include <string_view>

#include "base/text.h"
#include "base/time.h"

namespace start_claude::server {
namespace {

std::string_view without_quotes(std::string_view tag) {
  if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"') {
    return tag.substr(1, tag.size() - 2);
  }
  return tag;
}

enum class Comparison { strong, weak };

/// True if a list of tags ("*" among them stands for every one) has the object's.
bool lists(std::string_view tags, const StoredObject& object, Comparison comparison) {
  for (auto tag : base::split(tags, ',')) {
    tag = base::trim(tag);
    if (tag == "*") return true;
    if (tag.starts_with("W/")) {
      if (comparison == Comparison::strong) continue;
      tag.remove_prefix(2);
    }
    if (without_quotes(tag) == object.md5) return true;
  }
  return false;
}

S3Error failed(std::string_view condition) {
  return {S3ErrorCode::precondition_failed, {}, {{"Condition", std::string(condition)}}};
}

S3Error unknown_header(std::string_view name) {
  return {S3ErrorCode::not_implemented, {}, {{"Header", std::string(name)}}};
}

std::optional<UtcTime> time_in(const http::Headers& headers, std::string_view name) {
  const auto value = headers.find(name);
  return value ? base::parse_time(*value) : std::nullopt;
}

std::optional<ByteRange> parse_range(std::string_view text, std::uint64_t size) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = base::parse_unsigned(text.substr(0, dash));
  const auto last = base::parse_unsigned(text.substr(dash + 1));
  if (dash == 0 && last) {  // the last N bytes
    const auto count = std::min(*last, size);
    // No bytes at all: as a range beyond the end.
    return ByteRange{count == 0 ? size : size - count, size - 1};
  }
  if (!first || (!last && dash + 1 != text.size())) return std::nullopt;
  if (last && *last < *first) return std::nullopt;
  const std::uint64_t end = size == 0 ? 0 : size - 1;
  return ByteRange{*first, std::min(last.value_or(end), end)};
}

}  // namespace

std::string etag_of(const StoredObject& object) { return "\"" + object.md5 + "\""; }

ReadDecision check_read_conditions(const http::Headers& headers, const StoredObject& object) {
  // HTTP dates have seconds, so a state is "later" only from the next second on.
  const auto modified = std::chrono::floor<std::chrono::seconds>(object.last_modified);
  if (const auto tags = headers.find("If-Match")) {
    if (!lists(*tags, object, Comparison::strong)) return failed("If-Match");
  } else if (const auto since = time_in(headers, "If-Unmodified-Since")) {
    if (modified > *since) return failed("If-Unmodified-Since");
  }
  if (const auto tags = headers.find("If-None-Match")) {
    if (lists(*tags, object, Comparison::weak)) return NotModified{};
  } else if (const auto since = time_in(headers, "If-Modified-Since")) {
    if (modified <= *since) return NotModified{};
  }
  return MayRead{};
}

std::optional<S3Error> check_write_conditions(const http::Headers& headers,
                                              const StoredObject* object) {
  const auto match = headers.find("If-Match");
  const auto none_match = headers.find("If-None-Match");
  if (none_match && (match || base::trim(*none_match) != "*")) {
    return unknown_header("If-None-Match");
  }
  if (none_match && object != nullptr) return failed("If-None-Match");
  return match ? check_delete_conditions(headers, object) : std::nullopt;
}

std::optional<S3Error> check_delete_conditions(const http::Headers& headers,
                                               const StoredObject* object) {
  const auto match = headers.find("If-Match");
  if (!match) return std::nullopt;
  if (object == nullptr) return S3Error{S3ErrorCode::no_such_key};
  if (lists(*match, *object, Comparison::strong)) return std::nullopt;
  return failed("If-Match");
}

RangeDecision check_range(const http::Headers& headers, const StoredObject& object) {
  constexpr std::string_view unit = "bytes=";
  const auto header = headers.find("Range");
  if (!header || !header->starts_with(unit)) return WholeBody{};
  if (const auto tag = headers.find("If-Range"); tag && *tag != etag_of(object)) return WholeBody{};
  const auto range =
      parse_range(base::trim(std::string_view(*header).substr(unit.size())), object.size);
  if (!range) return WholeBody{};
  if (range->first < object.size) return *range;
  return S3Error{S3ErrorCode::invalid_range,
                 {},
                 {{"RangeRequested", *header}, {"ActualObjectSize", std::to_string(object.size)}}};
}

}  // namespace start_claude::server
