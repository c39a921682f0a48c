// What s3-doctor says about the connection and the store: a table for each check.
#include "ui/store_findings.h"

#include <catch2/catch.hpp>

namespace start_claude::ui {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

const UtcTime now{std::chrono::hours(24 * 365 * 57)};

std::string text_of(const Finding& finding) { return format_findings({finding}).front(); }

std::string texts_of(const std::string& url, const http::ConnectionFacts& facts) {
  std::string all;
  for (const auto& finding : connection_findings(*http::parse_uri(url), facts, now)) {
    all += text_of(finding) + "\n";
  }
  return all;
}

http::ConnectionFacts connected() {
  return {.lookup = milliseconds(12),
          .address = "192.0.2.7",
          .is_accepted = true,
          .connect = milliseconds(30)};
}

http::Failure failure(http::FailureKind kind) { return {kind, "REASON"}; }

TEST_CASE("a connection that stands") {
  auto facts = connected();
  facts.tls = {.version = "TLSv1.3", .subject = "x", .issuer = "R11", .expires = now + hours(1460)};
  CHECK(texts_of("https://s3.example.org", facts) ==
        "ok  DNS  s3.example.org is 192.0.2.7, 12 ms\n"
        "ok  TCP  connected to port 443, 30 ms\n"
        "ok  TLS  TLSv1.3, certificate by R11, 60 days left\n");
  facts.tls->expires = now + hours(25);
  CHECK_THAT(texts_of("https://s3.example.org", facts),
             Catch::EndsWith("warning  TLS  TLSv1.3, certificate by R11, 1 day left; fix: have "
                             "whoever runs s3.example.org renew it\n"));
  facts.tls->issuer = "\x1b[31mevil";
  CHECK_THAT(texts_of("https://s3.example.org", facts), !Catch::Contains("\x1b"));
}

TEST_CASE("without TLS it depends on where the server is") {
  CHECK_THAT(texts_of("http://127.0.0.1:9000", connected()),
             Catch::Equals("ok  DNS  not needed for 127.0.0.1\n"
                           "ok  TCP  connected to port 9000, 30 ms\n"
                           "ok  TLS  not used, and not needed on this machine\n"));
  CHECK_THAT(texts_of("http://nas.lan", connected()),
             Catch::Contains("warning  TLS  not used: API keys can be read on the network; fix: "));
}

TEST_CASE("what lies behind a failure is not tried") {
  http::ConnectionFacts facts;
  facts.failure = failure(http::FailureKind::name_not_resolved);
  CHECK(texts_of("https://s3.example.org", facts) ==
        "failure  DNS  REASON; fix: check the endpoint URL and this machine's network\n"
        "not tried  TCP  nobody to talk to\n"
        "not tried  TLS  nobody to talk to\n");
  facts = {.lookup = milliseconds(1), .address = "192.0.2.7"};
  facts.failure = failure(http::FailureKind::not_connected);
  CHECK_THAT(texts_of("https://s3.example.org", facts),
             Catch::StartsWith("ok  DNS  s3.example.org is 192.0.2.7, 1 ms\nfailure  TCP  REASON"));
  facts = connected();
  facts.failure = failure(http::FailureKind::not_connected);
  CHECK_THAT(texts_of("https://s3.example.org", facts),
             Catch::Contains("ok  TCP  connected to port 443, 30 ms\nfailure  TLS  REASON; fix: "));
  facts.failure = failure(http::FailureKind::tls_not_trusted);
  facts.tls = {.version = "TLSv1.2", .subject = "x", .issuer = "My CA", .expires = now - hours(48)};
  CHECK_THAT(
      texts_of("https://s3.example.org", facts),
      Catch::Contains("ok  TCP  connected to port 443, 30 ms\nfailure  TLS  REASON (TLSv1.2, "
                      "certificate by My CA, expired 2 d 0 h ago); fix: "));
}

TEST_CASE("behind a proxy") {
  auto facts = connected();
  facts.proxy = "proxy.lan:3128";
  CHECK_THAT(texts_of("https://s3.example.org", facts),
             Catch::StartsWith("ok  DNS  left to the proxy proxy.lan:3128\n"
                               "ok  TCP  connected to the proxy proxy.lan:3128, 30 ms\n"));
  facts.failure = failure(http::FailureKind::proxy_failed);
  CHECK_THAT(texts_of("https://s3.example.org", facts),
             Catch::Contains("failure  TCP  REASON; fix: check HTTPS_PROXY and NO_PROXY\n"));
}

TEST_CASE("the clock") {
  struct Row {
    s3::ClockSkew skew;
    std::string text;
  };
  const auto row = GENERATE(values<Row>({
      {{}, "not tried  clock  the server did not tell its time"},
      {milliseconds(-1500), "ok  clock  as the server's"},
      {milliseconds(-30'000), "ok  clock  30 s ahead of the server"},
      {milliseconds(300'000),
       "warning  clock  5 min 0 s behind the server: file times are not trusted; fix: set this "
       "machine's clock, for example with: timedatectl set-ntp true"},
      {hours(24),
       "warning  clock  24 h 0 min behind the server: Amazon refuses that, and file times are not "
       "trusted; fix: set this machine's clock, for example with: timedatectl set-ntp true"},
  }));
  CHECK(text_of(clock_finding(row.skew)) == row.text);
}

TEST_CASE("the bucket and reading") {
  struct Row {
    std::string name;
    Result<s3::GetOutcome> read;
    std::string bucket;
    std::string reading;
  };
  const Error refused{ErrorKind::access_denied, "wrong secret", "enter it again"};
  const Error missing{ErrorKind::no_such_bucket, "no such bucket: team", "create it"};
  const Row rows[] = {
      {"absent", s3::GetOutcome{s3::Absent{}}, "ok  bucket  team, in us-east-1",
       "ok  read  allowed; nothing is stored there yet"},
      {"denied", s3::GetOutcome{s3::ReadDenied{refused}}, "ok  bucket  team, in us-east-1",
       "warning  read  wrong secret; or nothing is stored there yet, which the key may not see; "
       "fix: the key needs s3:GetObject on this object"},
      {"refused", refused, "not tried  bucket  no answer about team",
       "failure  read  wrong secret; fix: enter it again"},
      {"missing", missing, "failure  bucket  no such bucket: team; fix: create it",
       "not tried  read  there is no bucket to read from"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(text_of(bucket_finding({"team", "us-east-1", "us-east-1"}, row.read)) == row.bucket);
    CHECK(text_of(read_finding(row.read, {})) == row.reading);
  }
  CHECK(text_of(bucket_finding({"team", "us-east-1", "eu-west-1"}, rows[0].read)) ==
        "warning  bucket  team is in eu-west-1, not us-east-1; fix: start-claude s3-setup --region "
        "eu-west-1");
}

TEST_CASE("what is stored there") {
  const Result<s3::GetOutcome> read = s3::GetOutcome{s3::Object{}};
  const auto told = [&](const std::string& body) {
    return text_of(read_finding(read, sync::remote_copy_of(s3::Object{.body = body})));
  };
  CHECK(told(R"({"configs":[{"name":"a"}]})") == "ok  read  1 configuration");
  CHECK_THAT(told("{}"), Catch::StartsWith("failure  read  what is stored there is not a") &&
                             Catch::EndsWith("; fix: repair it from here: start-claude s3-upload "
                                             "--force"));
  CHECK_THAT(told(R"({"configs":[],"settings":{"s3Sync":{"bucket":"b"}}})"),
             Catch::StartsWith("warning  read  0 configurations, with somebody's settings.s3Sync"));
}

TEST_CASE("writing, and conditions") {
  using Outcome = sync::WriteTrial::Outcome;
  using sync::Verdict;
  const auto writing = [](const sync::WriteTrial& trial) {
    return text_of(write_finding(Result<sync::WriteTrial>(trial)));
  };
  CHECK(text_of(write_finding({})) == "not tried  write  only with --write");
  CHECK(writing({.outcome = Outcome::allowed}) == "ok  write  allowed");
  CHECK(writing({.outcome = Outcome::allowed_here_only}) ==
        "ok  write  allowed for this object and not beside it");
  CHECK_THAT(writing({.outcome = Outcome::denied}),
             Catch::StartsWith("failure  write  denied: this key may only read"));
  CHECK_THAT(writing({.outcome = Outcome::unknown}), Catch::StartsWith("warning  write  denied"));
  CHECK_THAT(writing({.outcome = Outcome::allowed, .is_readable = false}),
             Catch::Contains("cannot be read: other machines' changes never arrive"));
  CHECK_THAT(
      writing({.outcome = Outcome::allowed, .scratch_key = "c.doctor-1", .is_left_behind = true}),
      Catch::Contains("the trial object c.doctor-1 could not be removed"));

  const auto conditions = [](Verdict match, Verdict none_match) {
    return text_of(
        conditional_writes_finding({}, {.if_match = match, .if_none_match = none_match}));
  };
  CHECK(conditions(Verdict::honoured, Verdict::honoured) == "ok  conditional writes  honoured");
  CHECK_THAT(conditions(Verdict::unknown, Verdict::unknown), Catch::StartsWith("not tried"));
  CHECK_THAT(conditions(Verdict::honoured, Verdict::ignored),
             Catch::StartsWith("warning  conditional writes  If-Match honoured, If-None-Match "
                               "ignored: two uploads"));
  const sync::WriteTrial measured{.if_none_match = Verdict::honoured,
                                  .if_match = Verdict::honoured};
  CHECK(text_of(conditional_writes_finding(Result<sync::WriteTrial>(measured),
                                           {.if_match = Verdict::refused})) ==
        "ok  conditional writes  honoured");
}

TEST_CASE("versions") {
  using s3::Versioning;
  const auto told = [](Versioning versioning, std::optional<std::size_t> count) {
    Result<s3::VersionsOutcome> versions = Error{ErrorKind::access_denied, "denied"};
    if (count) versions = s3::VersionsOutcome{std::vector<s3::ObjectVersion>(*count)};
    return text_of(versioning_finding(versioning, versions));
  };
  CHECK_THAT(told(Versioning::off, 1), Catch::StartsWith("ok  versioning  off"));
  CHECK(told(Versioning::enabled, 3) == "ok  versioning  on, 3 versions of this file");
  CHECK(told(Versioning::suspended, 1) == "ok  versioning  suspended, 1 version of this file");
  CHECK(told(Versioning::unknown, 2) == "ok  versioning  on, 2 versions of this file");
  CHECK_THAT(told(Versioning::unknown, {}), Catch::StartsWith("not tried  versioning"));
  CHECK_THAT(told(Versioning::enabled, {}), Catch::Contains("s3:ListBucketVersions"));
}

TEST_CASE("permissions beyond need") {
  using s3::Permission;
  CHECK(text_of(permissions_finding({.list_buckets = Permission::denied,
                                     .list_objects = Permission::denied,
                                     .remove = Permission::granted})) ==
        "warning  permissions  the key may delete: not needed; fix: give it what start-claude "
        "s3-doctor --policy prints");
  CHECK(text_of(permissions_finding({.list_buckets = Permission::denied,
                                     .list_objects = Permission::denied,
                                     .remove = Permission::denied})) ==
        "ok  permissions  no more than needed, as far as it shows");
  CHECK(text_of(permissions_finding({.list_buckets = Permission::granted,
                                     .list_objects = Permission::granted,
                                     .remove = Permission::granted})) ==
        "warning  permissions  the key may delete, list the bucket and list all buckets: not "
        "needed; fix: give it what start-claude s3-doctor --policy prints");
  CHECK(text_of(permissions_finding({.list_objects = Permission::granted})) ==
        "warning  permissions  the key may list the bucket: not needed (deleting is tried only "
        "with --write); fix: give it what start-claude s3-doctor --policy prints");
  CHECK_THAT(text_of(permissions_finding({})), Catch::StartsWith("not tried  permissions"));
}

}  // namespace
}  // namespace start_claude::ui
