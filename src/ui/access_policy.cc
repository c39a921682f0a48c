#include "ui/access_policy.h"

#include <utility>

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

json::Value statement(std::string_view name, json::Array actions, std::string resource) {
  return json::Object{{"Sid", name},
                      {"Effect", "Allow"},
                      {"Action", std::move(actions)},
                      {"Resource", std::move(resource)}};
}

}  // namespace

json::Value access_policy(std::string_view partition, const s3::ObjectLocation& object,
                          const PolicyExtent& extent) {
  const std::string bucket = "arn:" + std::string(partition) + ":s3:::" + object.bucket;
  const std::string resource = bucket + '/' + literal(object.key);
  json::Array actions{"s3:GetObject"};
  if (extent.writes) actions.emplace_back("s3:PutObject");
  json::Array statements{statement("StartClaudeSync", std::move(actions), resource)};
  if (extent.history) {
    statements.push_back(
        statement("StartClaudeVersions", json::Array{"s3:GetObjectVersion"}, resource));
    statements.push_back(
        statement("StartClaudeVersionList", json::Array{"s3:ListBucketVersions"}, bucket));
  }
  return json::Object{{"Version", "2012-10-17"}, {"Statement", std::move(statements)}};
}

}  // namespace start_claude::ui
