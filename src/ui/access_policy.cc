#include "ui/access_policy.h"

namespace start_claude::ui {
namespace {

/// In a resource, "*", "?" and "$" mean something else than themselves.
std::string literal(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '*' || c == '?' || c == '$') {
      escaped.append("${").append(1, c).append("}");
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace

json::Value access_policy(std::string_view partition, const s3::ObjectLocation& object) {
  const std::string resource =
      "arn:" + std::string(partition) + ":s3:::" + object.bucket + '/' + literal(object.key);
  return json::Object{{"Version", "2012-10-17"},
                      {"Statement", json::Array{json::Object{
                                        {"Sid", "StartClaudeSync"},
                                        {"Effect", "Allow"},
                                        {"Action", json::Array{"s3:GetObject", "s3:PutObject"}},
                                        {"Resource", resource}}}}};
}

}  // namespace start_claude::ui
