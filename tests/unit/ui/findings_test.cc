// The lines, the JSON and the exit code of s3-doctor.
#include "ui/findings.h"

#include <catch2/catch.hpp>

#include "json/write.h"
#include "ui/access_policy.h"

namespace start_claude::ui {
namespace {

std::vector<Finding> some() {
  return {
      {.check = "lock", .text = "free"},
      {.check = "config file", .grade = Grade::warning, .text = "mode 644", .fix = "chmod 600 x"},
      {.check = "conditional writes", .grade = Grade::not_tried, .text = "only with --write"}};
}

TEST_CASE("a line for each check: grade, name, text, fix") {
  const std::vector<std::string> expected = {
      "ok         lock                free",
      "warning    config file         mode 644; fix: chmod 600 x",
      "not tried  conditional writes  only with --write",
  };
  CHECK(format_findings(some()) == expected);
}

TEST_CASE("the exit code is that of the first failure; warnings have none") {
  auto findings = some();
  CHECK(exit_code_of(findings) == 0);
  findings.push_back(finding_from("TCP", {ErrorKind::unreachable, "refused", "start it"}));
  findings.push_back(finding_from("read", {ErrorKind::access_denied, "denied", ""}));
  CHECK(exit_code_of(findings) == 5);
}

TEST_CASE("JSON has the same, with names for machines") {
  auto findings = some();
  CHECK(format_findings_json("s3-doctor", findings) ==
        R"({"command":"s3-doctor","result":"ok","exit":0,"changed":false,"local":null,)"
        R"("remote":null,"reason":"checked","checks":[)"
        R"({"check":"lock","grade":"ok","text":"free"},)"
        R"({"check":"config_file","grade":"warning","text":"mode 644","fix":"chmod 600 x"},)"
        R"({"check":"conditional_writes","grade":"not_tried","text":"only with --write"}]})");
  findings.push_back(finding_from("read", {ErrorKind::access_denied, "denied", ""}));
  CHECK_THAT(format_findings_json("s3-doctor", findings),
             Catch::Contains(R"("result":"failed","exit":4)") &&
                 Catch::Contains(R"("reason":"access_denied")"));
}

TEST_CASE("a policy names this object in its partition, and its wildcards are letters") {
  const auto resource_of = [](std::string_view partition, const std::string& key) {
    const json::Value policy = access_policy(partition, {"team", key}, {});
    return *policy.find("Statement")->as_array()->begin()->find("Resource")->as_string();
  };
  CHECK(resource_of("aws", "a/config.json") == "arn:aws:s3:::team/a/config.json");
  CHECK(resource_of("aws-us-gov", "x") == "arn:aws-us-gov:s3:::team/x");
  CHECK(resource_of("aws-cn", "what?*$.json") == "arn:aws-cn:s3:::team/what${?}${*}${$}.json");
}

TEST_CASE("a policy allows what the machine does, and no more") {
  const auto text_of = [](const PolicyExtent& extent) {
    return json::write_compact(access_policy("aws", {"team", "c.json"}, extent));
  };
  const std::string reads = R"("Action":["s3:GetObject"],"Resource":"arn:aws:s3:::team/c.json"})";
  CHECK_THAT(text_of({}), Catch::Contains(R"(["s3:GetObject","s3:PutObject"])"));
  CHECK_THAT(text_of({.writes = false}), Catch::Contains(reads) && !Catch::Contains("PutObject"));
  CHECK_THAT(
      text_of({.history = true}),
      Catch::Contains(
          R"("Action":["s3:GetObjectVersion"],"Resource":"arn:aws:s3:::team/c.json"})") &&
          Catch::Contains(R"("Action":["s3:ListBucketVersions"],"Resource":"arn:aws:s3:::team"})"));
  CHECK_THAT(text_of({}), !Catch::Contains("ListBucketVersions"));
}

}  // namespace
}  // namespace start_claude::ui
