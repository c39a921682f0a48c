#include <catch2/catch.hpp>

#include "s3/endpoint.h"

using namespace start_claude;
using namespace start_claude::s3;

namespace {

/// What is wrong, or nothing.
std::string problem_of(const Result<base::Done>& checked) {
  if (checked) return {};
  CHECK(checked.error().kind == ErrorKind::usage);
  return checked.error().message;
}

}  // namespace

TEST_CASE("names of buckets, by the rules of Amazon and by those of others") {
  struct Row {
    std::string bucket;
    std::string on_amazon, elsewhere;  ///< what is wrong with it; empty if it may be used
  };
  const auto row = GENERATE(values<Row>({
      {"my-claude-configs", "", ""},
      {"my.docs.2026", "", ""},
      {"123", "", ""},
      {"ab", "3 to 63", "3 to 255"},
      {std::string(63, 'a'), "", ""},
      {std::string(64, 'a'), "3 to 63", ""},
      {std::string(256, 'a'), "3 to 63", "3 to 255"},
      {"", "no bucket is given", "no bucket is given"},
      {"My_Docs", "lower-case letters", ""},
      {"tenant:docs", "lower-case letters", ""},
      {"docs!", "lower-case letters", "letters, digits"},
      {"d\xc3\xb6"
       "cs",
       "lower-case letters", "letters, digits"},
      {"my docs", "lower-case letters", "letters, digits"},
      {"-docs", "start and end", "start and end"},
      {"docs-", "start and end", "start and end"},
      {".docs", "start and end", "start and end"},
      {"my..docs", "two dots", "two dots"},
      {"192.168.5.4", "IP address", "IP address"},
      {"docs--use1-az4--x-s3", "directory buckets", ""},
      {"s3://docs", "an address", "an address"},
      {"docs/config.json", "an address", "an address"},
      {"arn:aws:s3:::docs", "an address", "an address"},
  }));
  INFO(row.bucket);
  const auto on_amazon = problem_of(check_bucket_name(row.bucket, true));
  const auto elsewhere = problem_of(check_bucket_name(row.bucket, false));
  CHECK(on_amazon.empty() == row.on_amazon.empty());
  CHECK(elsewhere.empty() == row.elsewhere.empty());
  CHECK_THAT(on_amazon, Catch::Contains(row.on_amazon));
  CHECK_THAT(elsewhere, Catch::Contains(row.elsewhere));
}

TEST_CASE("Amazon's oldest buckets have names that a new one may not have") {
  const auto [bucket, is_usable] = GENERATE(table<std::string, bool>({
      {"ABCD_Central_1", true},
      {"MyOldBucket", true},
      {"my_old_bucket", true},
      {"docs", true},
      {"Tenant:docs", false},
      {"My docs", false},
      {"docs--use1-az4--x-s3", false},
      {"_Docs", false},
  }));
  INFO(bucket);
  CHECK(check_bucket_in_use(bucket, true).has_value() == is_usable);
  if (!is_usable) return;
  const auto endpoint = resolve_endpoint({}, bucket);
  REQUIRE(endpoint);
  const bool is_new = check_bucket_name(bucket, true).has_value();
  CHECK(endpoint->addressing == (is_new ? Addressing::virtual_hosted : Addressing::path_style));
}

TEST_CASE("keys of objects that something on the way would rewrite are refused") {
  struct Row {
    std::string key;
    std::string problem;  ///< empty if it may be used
  };
  const auto row = GENERATE(values<Row>({
      {"start-claude-config.json", ""},
      {"team a/\xc3\xbc=@:+%20&?#.json", ""},
      {".config", ""},
      {"...", ""},
      {"a/.b/..c/d..", ""},
      {std::string(1024, 'k'), ""},
      {std::string(1025, 'k'), "more than 1024 bytes"},
      {"", "no file path"},
      {"/a", "must not start with /"},
      {"a/", "names a folder"},
      {"a//b", "two slashes"},
      {".", "\".\" or \"..\""},
      {"a/./b", "\".\" or \"..\""},
      {"../a", "\".\" or \"..\""},
      {"a/..", "\".\" or \"..\""},
      {"a\nb", "control characters"},
      {std::string("a\0b", 3), "control characters"},
      {"a\x1f", "control characters"},
      {"a\x7f", "control characters"},
      {"a\xc2\x85", "control characters"},
      {"a\xc2\xa0", ""},
      {"a\xff", "not UTF-8"},
      {"a\xc3", "not UTF-8"},
  }));
  INFO(row.key);
  const auto problem = problem_of(check_object_key(row.key));
  CHECK(problem.empty() == row.problem.empty());
  CHECK_THAT(problem, Catch::Contains(row.problem));
}
