#include "s3/attempt_report.h"

#include "base/text.h"

namespace start_claude::s3 {

AttemptReport report_of(const http::Request& request, const http::Reply& reply) {
  AttemptReport report{
      .method = request.method, .host = request.uri.authority(), .path = request.uri.target()};
  if (const auto* failure = std::get_if<http::Failure>(&reply)) {
    report.failure = failure->reason;
    return report;
  }
  const auto& response = std::get<http::Response>(reply);
  report.status = response.status;
  for (const char* name : {"x-amz-request-id", "x-amzn-requestid"}) {
    if (const auto id = response.headers.find(name)) report.request_id = base::printable(*id);
  }
  return report;
}

}  // namespace start_claude::s3
