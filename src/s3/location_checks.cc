#include <algorithm>

#include "base/text.h"
#include "s3/endpoint.h"
#include "s3/endpoint_host.h"

namespace start_claude::s3 {
namespace {

constexpr std::size_t bucket_bytes_min = 3;
constexpr std::size_t bucket_bytes_max = 63;
/// Ceph, Google (with dots) and Amazon's oldest buckets.
constexpr std::size_t foreign_bucket_bytes_max = 255;
constexpr std::size_t key_bytes_max = 1024;

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_letter_or_digit(char c) { return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z'); }

Error bad_bucket(std::string_view bucket, const std::string& problem, std::string hint = {}) {
  return Error{ErrorKind::usage,
               "\"" + base::printable(bucket, 80) + "\" cannot be a bucket's name: " + problem,
               std::move(hint)};
}

bool has_only_bucket_characters(std::string_view bucket, bool is_amazon) {
  return std::all_of(bucket.begin(), bucket.end(), [is_amazon](char c) {
    if (is_amazon) return is_lower_or_digit(c) || c == '-' || c == '.';
    return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_' || c == ':';
  });
}

Error bad_key(std::string_view key, const std::string& problem, std::string hint = {}) {
  return Error{ErrorKind::usage,
               "\"" + base::printable(key, 80) + "\" cannot be a file path in a bucket: " + problem,
               std::move(hint)};
}

/// C0 and DEL, and C1 as UTF-8 spells it.
bool has_control_characters(std::string_view key) {
  for (std::size_t i = 0; i < key.size(); ++i) {
    const auto byte = static_cast<unsigned char>(key[i]);
    if (byte < 0x20 || byte == 0x7F) return true;
    if (byte == 0xC2 && i + 1 < key.size() && static_cast<unsigned char>(key[i + 1]) < 0xA0) {
      return true;
    }
  }
  return false;
}

}  // namespace

Result<base::Done> check_bucket_name(std::string_view bucket, bool is_amazon) {
  if (bucket.empty()) return Error{ErrorKind::usage, "no bucket is given"};
  if (bucket.find("://") != std::string_view::npos || bucket.starts_with("arn:") ||
      bucket.find('/') != std::string_view::npos) {
    return bad_bucket(bucket, "it looks like an address",
                      "write the name alone, such as my-claude-configs");
  }
  if (!has_only_bucket_characters(bucket, is_amazon)) {
    return bad_bucket(bucket, is_amazon ? "it may have lower-case letters, digits, hyphens and dots"
                                        : "it may have letters, digits, hyphens, dots, _ and :");
  }
  const auto bytes_max = is_amazon ? bucket_bytes_max : foreign_bucket_bytes_max;
  if (bucket.size() < bucket_bytes_min || bucket.size() > bytes_max) {
    return bad_bucket(bucket, "it must have " + std::to_string(bucket_bytes_min) + " to " +
                                  std::to_string(bytes_max) + " characters");
  }
  if (!is_letter_or_digit(bucket.front()) || !is_letter_or_digit(bucket.back())) {
    return bad_bucket(bucket, "it must start and end with a letter or a digit");
  }
  if (bucket.find("..") != std::string_view::npos) {
    return bad_bucket(bucket, "it must not have two dots in a row");
  }
  if (is_ip_address(bucket)) return bad_bucket(bucket, "it must not look like an IP address");
  if (is_amazon && bucket.ends_with("--x-s3")) {
    return bad_bucket(bucket, "directory buckets of S3 Express are not supported",
                      "use a general purpose bucket");
  }
  return base::Done{};
}

Result<base::Done> check_bucket_in_use(std::string_view bucket, bool is_amazon) {
  const bool looks_old =
      bucket.find('_') != std::string_view::npos || base::to_lower(bucket) != bucket;
  const bool is_old = looks_old && bucket.find(':') == std::string_view::npos &&
                      check_bucket_name(bucket, false).has_value();
  return is_amazon && is_old ? Result<base::Done>(base::Done{})
                             : check_bucket_name(bucket, is_amazon);
}

Result<base::Done> check_object_key(std::string_view key) {
  if (key.empty()) return Error{ErrorKind::usage, "no file path in the bucket is given"};
  if (!base::is_utf8(key)) return bad_key(key, "it is not UTF-8");
  if (has_control_characters(key)) return bad_key(key, "it has control characters");
  if (key.size() > key_bytes_max) {
    return bad_key(key, "it has more than " + std::to_string(key_bytes_max) + " bytes");
  }
  if (key.starts_with('/')) return bad_key(key, "it must not start with /", "leave the / out");
  if (key.ends_with('/')) {
    return bad_key(key, "it names a folder",
                   "add a file name: " + base::printable(key, 80) + "start-claude-config.json");
  }
  for (const auto segment : base::split(key, '/')) {
    if (segment.empty()) return bad_key(key, "it must not have two slashes in a row");
    if (segment == "." || segment == "..") {
      return bad_key(key, "its parts must not be \".\" or \"..\"");
    }
  }
  return base::Done{};
}

}  // namespace start_claude::s3
