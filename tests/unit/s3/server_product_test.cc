#include "s3/server_product.h"

#include <catch2/catch.hpp>

namespace start_claude::s3 {
namespace {

TEST_CASE("a server of one's own is known by what it says") {
  struct Row {
    const char* what;
    http::Headers headers;
    std::optional<ErrorResponse> error;
    std::string_view product;
  };
  const auto row = GENERATE(values<Row>({
      {"a Server header", {{"Server", "MinIO"}}, {}, "MinIO"},
      {"a Server header with more in it", {{"Server", "Ceph Object Gateway (squid)"}}, {}, "Ceph"},
      {"SeaweedFS", {{"Server", "SeaweedFS 30GB 3.97"}}, {}, "SeaweedFS"},
      {"Garage", {{"Server", "Garage"}}, {}, "Garage"},
      {"Amazon", {{"Server", "AmazonS3"}}, {}, "Amazon S3"},
      {"Wasabi", {{"Server", "WasabiS3/7.21.5107"}}, {}, "Wasabi"},
      {"Alibaba", {{"Server", "AliyunOSS"}}, {}, "Alibaba Cloud OSS"},
      {"Tigris", {{"Server", "Tigris OS"}}, {}, "Tigris"},
      {"Ceph's request id",
       {{"x-amz-request-id", "tx00000f3a5c0d4bdc0e8a1-0065a0b3c2-1a2b-default"}},
       {},
       "Ceph"},
      {"Ceph's older request id",
       {{"x-amz-request-id", "tx000000000000000000003-0065a0b3c2-1a2b-default"}},
       {},
       "Ceph"},
      {"a header of Ceph", {{"x-rgw-object-type", "Normal"}}, {}, "Ceph"},
      {"MinIO behind nginx",
       {{"Server", "nginx"}, {"X-Minio-Error-Code", "AccessDenied"}},
       {},
       "MinIO"},
      {"Garage's region", {}, {{.code = "AccessDenied", .region = "garage"}}, "Garage"},
      {"Garage's words",
       {},
       {{.code = "AuthorizationHeaderMalformed",
         .message = "Authorization header malformed, unexpected scope: 20261122/x/s3/aws4_request",
         .region = "home"}},
       "Garage"},
      {"this program", {{"Server", "start-claude"}}, {}, "start-claude s3-serve"},
      {"Amazon's request id", {{"x-amz-request-id", "4442587FB7D0A2F9"}}, {}, ""},
      {"a request id that only begins like Ceph's", {{"x-amz-request-id", "tx1-2-3"}}, {}, ""},
      {"somebody's web server", {{"Server", "nginx/1.22.1"}}, {}, ""},
      {"an error of anybody's", {}, {{.code = "AccessDenied", .region = "eu-west-1"}}, ""},
  }));
  CAPTURE(row.what);
  CHECK(product_of({.status = 403, .headers = row.headers}, row.error) == row.product);
}

}  // namespace
}  // namespace start_claude::s3
