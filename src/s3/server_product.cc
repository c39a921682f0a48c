#include "s3/server_product.h"

#include <array>

#include "base/text.h"

namespace start_claude::s3 {
namespace {

struct ServerName {
  std::string_view part;  ///< of the Server header, in lower case
  std::string_view product;
};

constexpr auto server_names = std::to_array<ServerName>({
    {"minio", "MinIO"},
    {"ceph", "Ceph"},
    {"seaweedfs", "SeaweedFS"},
    {"garage", "Garage"},
    {"start-claude", "start-claude s3-serve"},
    {"amazons3", "Amazon S3"},
    {"wasabis3", "Wasabi"},
    {"aliyunoss", "Alibaba Cloud OSS"},
    {"tigris", "Tigris"},
});

/// "tx00000f3a5c0d4bdc0e8a1-0065a0b3c2-1a2b-default": Ceph's transaction, time, gateway and zone.
bool is_transaction_of_ceph(std::string_view request_id) {
  const auto parts = base::split(request_id, '-');
  constexpr std::size_t parts_min = 3;
  constexpr std::size_t transaction_bytes_min = 23;
  constexpr std::string_view hex_digits = "0123456789abcdef";
  if (parts.size() < parts_min || !parts[0].starts_with("tx")) return false;
  return parts[0].size() >= transaction_bytes_min &&
         parts[0].substr(2).find_first_not_of(hex_digits) == std::string_view::npos &&
         parts[1].find_first_not_of(hex_digits) == std::string_view::npos;
}

/// Garage names its region in every error, and says what it refuses with a bare word.
bool is_error_of_garage(const ErrorResponse& error) {
  return error.region == "garage" ||
         error.message.starts_with("Authorization header malformed, unexpected scope");
}

}  // namespace

std::string_view product_of(const http::Response& response,
                            const std::optional<ErrorResponse>& error) {
  const std::string server = base::to_lower(response.headers.find("server").value_or(""));
  for (const auto& [part, product] : server_names) {
    if (server.find(part) != std::string::npos) return product;
  }
  const bool has_ceph_header = response.headers.contains("x-rgw-object-type");
  if (has_ceph_header ||
      is_transaction_of_ceph(response.headers.find("x-amz-request-id").value_or(""))) {
    return "Ceph";
  }
  if (response.headers.contains("x-minio-error-code")) return "MinIO";
  return error && is_error_of_garage(*error) ? "Garage" : std::string_view();
}

}  // namespace start_claude::s3
