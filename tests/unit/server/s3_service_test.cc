// What a client sees of the service: who is let in, buckets, listings, and what is refused.

#include "server/s3_service.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "crypto/sha256.h"
#include "service_client.h"

namespace start_claude::server {
namespace {

std::vector<std::string> elements(const http::Response& response, const std::string& name) {
  std::vector<std::string> texts;
  http::Response rest = response;
  for (;;) {
    const auto start = rest.body.find("<" + name + ">");
    if (start == std::string::npos) return texts;
    rest.body.erase(0, start);
    texts.push_back(element(rest, name));
    rest.body.erase(0, 1);
  }
}

TEST_CASE_METHOD(TestService, "only what the owner of the key signed is let in") {
  send("PUT", "/cfg");
  send("PUT", "/cfg/a", "one");
  auto request = signed_now(unsigned_request("GET", "/cfg/a"));
  std::string expected = "200";
  SECTION("as it was signed") {}
  SECTION("not signed at all") {
    request.headers.remove("Authorization");
    expected = "403 AccessDenied";
  }
  SECTION("another key id") {
    auto other = test_credentials();
    other.access_key_id = "AKIDOTHER";
    request = s3::sign(unsigned_request("GET", "/cfg/a"), other, {clock.now(), "us-east-1"});
    expected = "403 InvalidAccessKeyId";
  }
  SECTION("the wrong secret") {
    auto other = test_credentials();
    other.secret_access_key = Secret("wrong");
    request = s3::sign(unsigned_request("GET", "/cfg/a"), other, {clock.now(), "us-east-1"});
    expected = "403 SignatureDoesNotMatch";
  }
  SECTION("another region, which there is none of") {
    request =
        s3::sign(unsigned_request("GET", "/cfg/a"), test_credentials(), {clock.now(), "auto"});
  }
  SECTION("another path than was signed") {
    request.uri.path = "/cfg/b";
    expected = "403 SignatureDoesNotMatch";
  }
  SECTION("another method than was signed") {
    request.method = "DELETE";
    expected = "403 SignatureDoesNotMatch";
  }
  SECTION("a query that was not signed") {
    request.uri.query = "versionId=null";
    expected = "403 SignatureDoesNotMatch";
  }
  SECTION("a condition that was changed on the way") {
    const auto conditional = unsigned_request("GET", "/cfg/a", "", {{"If-Match", "\"0\""}});
    request = signed_now(conditional);
    request.headers.set("If-Match", "*");
    expected = "403 SignatureDoesNotMatch";
  }
  SECTION("metadata that was added on the way") {
    request.headers.add("x-amz-meta-writer", "mallory");
    expected = "403 AccessDenied";
  }
  SECTION("signed 15 minutes ago") { clock.advance(std::chrono::minutes{15}); }
  SECTION("signed longer ago") {
    clock.advance(std::chrono::minutes{15} + std::chrono::seconds{1});
    expected = "403 RequestTimeTooSkewed";
  }
  SECTION("signed in the future") {
    clock.set_now(clock.now() - std::chrono::minutes{16});
    expected = "403 RequestTimeTooSkewed";
  }
  SECTION("temporary credentials") {
    auto other = test_credentials();
    other.session_token = Secret("token");
    request = s3::sign(unsigned_request("GET", "/cfg/a"), other, {clock.now(), "us-east-1"});
    expected = "400 InvalidToken";
  }
  SECTION("Signature Version 2") {
    request.headers.set("Authorization", "AWS AKIDEXAMPLE:abcdefgh");
    expected = "400 InvalidRequest";
  }
  SECTION("a presigned URL") {
    request = unsigned_request("GET", "/cfg/a?X-Amz-Algorithm=A&X-Amz-Signature=0");
    expected = "501 NotImplemented";
  }
  CHECK(outcome(service().handle(request)) == expected);
}

TEST_CASE_METHOD(TestService, "a clock that is off is told the server's time") {
  auto request = signed_now(unsigned_request("GET", "/"));
  clock.advance(std::chrono::hours{24});
  const auto response = service().handle(request);
  CHECK(element(response, "ServerTime") == "2026-11-23T08:14:03.000Z");
  CHECK(element(response, "RequestTime") == "20261122T081403Z");
}

TEST_CASE_METHOD(TestService, "a path that was signed in S3's spelling may be sent in another") {
  send("PUT", "/cfg");
  send("PUT", "/cfg/a%28b%29", "one");
  auto request = signed_now(unsigned_request("GET", "/cfg/a%28b%29"));
  request.uri.path = "/cfg/a(b)";
  CHECK(service().handle(request).body == "one");
}

TEST_CASE_METHOD(TestService, "the body must be the one whose hash was signed") {
  send("PUT", "/cfg");
  auto request = signed_now(unsigned_request("PUT", "/cfg/a", "one"));
  SECTION("another body") {
    request.body = "two";
    CHECK(outcome(service().handle(request)) == "400 XAmzContentSHA256Mismatch");
    CHECK(outcome(send("GET", "/cfg/a")) == "404 NoSuchKey");
  }
  SECTION("the right Content-MD5") {
    request.headers.add("Content-MD5", base::to_base64(crypto::md5("one")));
    CHECK(outcome(service().handle(signed_now(request))) == "200");
  }
  SECTION("the wrong Content-MD5") {
    request.headers.add("Content-MD5", base::to_base64(crypto::md5("two")));
    CHECK(outcome(service().handle(signed_now(request))) == "400 BadDigest");
  }
}

/// sign() always hashes the body, so other values of the header are signed here.
http::Request signed_with_hash(http::Request request, const std::string& hash, UtcTime now) {
  const s3::SigningScope scope{now, "us-east-1"};
  request.headers.set("x-amz-date", base::format_amz_date(now));
  request.headers.set("x-amz-content-sha256", hash);
  const auto canonical = s3::canonical_request(request);
  const auto signature = s3::signature(s3::string_to_sign(canonical, scope),
                                       test_credentials().secret_access_key, scope);
  request.headers.set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/" + scope.text() +
                                           ", SignedHeaders=" + canonical.signed_headers +
                                           ", Signature=" + signature);
  return request;
}

TEST_CASE_METHOD(TestService, "bodies may go unsigned, but not in signed chunks") {
  send("PUT", "/cfg");
  const auto put = unsigned_request("PUT", "/cfg/a", "one");
  const auto send_with = [&](const std::string& hash) {
    return outcome(service().handle(signed_with_hash(put, hash, clock.now())));
  };
  CHECK(send_with("UNSIGNED-PAYLOAD") == "200");
  CHECK(send_with("STREAMING-AWS4-HMAC-SHA256-PAYLOAD") == "501 NotImplemented");
  CHECK(send_with("STREAMING-UNSIGNED-PAYLOAD-TRAILER") == "501 NotImplemented");
  CHECK(send_with("1234") == "400 InvalidArgument");
}

TEST_CASE_METHOD(TestService, "buckets are made, found, and not made twice") {
  CHECK(outcome(send("GET", "/cfg/a")) == "404 NoSuchBucket");
  CHECK(outcome(send("PUT", "/cfg/a", "x")) == "404 NoSuchBucket");
  CHECK(outcome(send("HEAD", "/cfg")) == "404");
  CHECK(outcome(send("PUT", "/cfg")) == "200");
  CHECK(outcome(send("HEAD", "/cfg")) == "200");
  CHECK(outcome(send("PUT", "/cfg")) == "409 BucketAlreadyOwnedByYou");
  send("PUT", "/other");
  CHECK(elements(send("GET", "/"), "Name") == std::vector<std::string>{"cfg", "other"});
}

TEST_CASE_METHOD(TestService, "names that are no bucket's never reach the disk") {
  const auto target = GENERATE("/ab", "/Cfg", "/c_fg", "/-cfg", "/..", "/%2e%2e", "/.s3-serve",
                               "/%2e%2e%2f%2e%2e%2fetc", "//cfg");
  INFO(target);
  CHECK(outcome(send("PUT", target)) == "400 InvalidBucketName");
}

struct HostRow {
  const char* host;
  const char* target;
};

TEST_CASE_METHOD(TestService, "the bucket may be named by the host") {
  send("PUT", "/cfg");
  send("PUT", "/cfg/team/a", "one");
  const auto row = GENERATE(values<HostRow>({{"127.0.0.1:9010", "/cfg/team/a"},
                                             {"localhost", "/cfg/team/a"},
                                             {"s3.localhost:9010", "/cfg/team/a"},
                                             {"cfg.s3.localhost:9010", "/team/a"},
                                             {"cfg.localhost", "/team/a"},
                                             {"CFG.LocalHost", "/team/a"}}));
  INFO(row.host);
  auto request = unsigned_request("GET", row.target);
  const std::string host = row.host;
  request.uri.host = host.substr(0, host.find(':'));
  if (host.find(':') != std::string::npos) request.uri.port = 9010;
  request.headers.set("Host", host);
  CHECK(service().handle(signed_now(request)).body == "one");
}

TEST_CASE_METHOD(TestService, "what is not done is refused, never ignored") {
  send("PUT", "/cfg");
  struct Row {
    const char* what;
    const char* method;
    const char* target;
    http::Headers headers;
    const char* expected;
  };
  const auto row = GENERATE(values<Row>({
      {"multipart", "POST", "/cfg/a?uploads", {}, "501 NotImplemented"},
      {"a part", "PUT", "/cfg/a?partNumber=1&uploadId=2", {}, "501 NotImplemented"},
      {"a copy", "PUT", "/cfg/a", {{"x-amz-copy-source", "/cfg/b"}}, "501 NotImplemented"},
      {"tags", "PUT", "/cfg/a", {{"x-amz-tagging", "a=b"}}, "501 NotImplemented"},
      {"a public object", "PUT", "/cfg/a", {{"x-amz-acl", "public-read"}}, "501 NotImplemented"},
      {"a private object", "PUT", "/cfg/a", {{"x-amz-acl", "private"}}, "200"},
      {"encryption",
       "PUT",
       "/cfg/a",
       {{"x-amz-server-side-encryption", "AES256"}},
       "501 NotImplemented"},
      {"an ACL", "GET", "/cfg/a?acl", {}, "501 NotImplemented"},
      {"a policy", "GET", "/cfg?policy", {}, "501 NotImplemented"},
      {"deleting a bucket", "DELETE", "/cfg", {}, "501 NotImplemented"},
      {"a form", "POST", "/cfg/a", {}, "405 MethodNotAllowed"},
      {"an old version", "GET", "/cfg/a?versionId=3", {}, "404 NoSuchVersion"},
      {"too much metadata",
       "PUT",
       "/cfg/a",
       {{"x-amz-meta-a", std::string(2100, 'x')}},
       "400 MetadataTooLarge"},
      {"not UTF-8", "GET", "/cfg/%FF", {}, "400 InvalidURI"},
      {"a broken escape", "GET", "/cfg/%zz", {}, "400 InvalidURI"},
  }));
  INFO(row.what);
  CHECK(outcome(send(row.method, row.target, "", row.headers)) == row.expected);
}

TEST_CASE_METHOD(TestService, "keys of 1,024 bytes are the longest") {
  send("PUT", "/cfg");
  const std::string key = std::string(200, 'a') + "/" + std::string(823, 'b');
  CHECK(outcome(send("PUT", "/cfg/" + key, "x")) == "200");
  CHECK(outcome(send("PUT", "/cfg/" + key + "b", "x")) == "400 KeyTooLongError");
}

TEST_CASE_METHOD(TestService, "a body that is too large is refused before it is sent") {
  S3ServerOptions options;
  options.object_bytes_max = 10;
  start(options);
  send("PUT", "/cfg");
  CHECK(outcome(send("PUT", "/cfg/a", "0123456789")) == "200");
  CHECK(outcome(send("PUT", "/cfg/a", "0123456789a")) == "400 EntityTooLarge");
  const auto head = signed_now(unsigned_request("PUT", "/cfg/a"));
  CHECK_FALSE(service().refuse_head(head, 10));
  CHECK(outcome(service().refuse_head(head, 11).value()) == "400 EntityTooLarge");
  CHECK(outcome(service().refuse_head(unsigned_request("PUT", "/cfg/a"), 10).value()) ==
        "403 AccessDenied");
}

TEST_CASE_METHOD(TestService, "a bucket lists its objects in order, by prefix, folder and page") {
  send("PUT", "/cfg");
  for (const auto* key : {"b", "a", "a/1", "a/2", "c/1", "%C3%BC"}) {
    send("PUT", std::string("/cfg/") + key, "x");
  }
  using Keys = std::vector<std::string>;
  CHECK(elements(send("GET", "/cfg?list-type=2"), "Key") ==
        Keys{"a", "a/1", "a/2", "b", "c/1", "ü"});
  CHECK(elements(send("GET", "/cfg?list-type=2&prefix=a%2F"), "Key") == Keys{"a/1", "a/2"});
  const auto folders = send("GET", "/cfg?list-type=2&delimiter=%2F");
  CHECK(elements(folders, "Key") == Keys{"a", "b", "ü"});
  CHECK(elements(folders, "CommonPrefixes") == Keys{"<Prefix>a/</Prefix>", "<Prefix>c/</Prefix>"});
  CHECK(elements(send("GET", "/cfg?list-type=2&encoding-type=url&prefix=%C3%BC"), "Key") ==
        Keys{"%C3%BC"});

  Keys paged;
  std::string token;
  for (int page = 0; page < 4; ++page) {
    const auto response = send("GET", "/cfg?list-type=2&max-keys=2&delimiter=%2F" + token);
    for (const auto& key : elements(response, "Key")) paged.push_back(key);
    for (const auto& prefix : elements(response, "CommonPrefixes")) paged.push_back(prefix);
    if (element(response, "IsTruncated") == "false") break;
    token = "&continuation-token=" + element(response, "NextContinuationToken");
  }
  CHECK(paged == Keys{"a", "<Prefix>a/</Prefix>", "b", "<Prefix>c/</Prefix>", "ü"});
  CHECK(outcome(send("GET", "/cfg?list-type=2&max-keys=x")) == "400 InvalidArgument");
}

TEST_CASE_METHOD(TestService, "every object is its own only version") {
  send("PUT", "/cfg");
  send("PUT", "/cfg/a", "one");
  const auto versions = send("GET", "/cfg?versions&prefix=a");
  CHECK(element(versions, "VersionId") == "null");
  CHECK(element(versions, "IsLatest") == "true");
  CHECK(element(versions, "Size") == "3");
  CHECK(send("GET", "/cfg/a?versionId=null").body == "one");
}

TEST_CASE_METHOD(TestService, "errors are S3's XML, with what came in escaped") {
  send("PUT", "/cfg");
  const auto response = send("GET", "/cfg/%3Cb%3E&");
  CHECK(response.headers.find("Content-Type") == "application/xml");
  CHECK(element(response, "Message") == "The specified key does not exist.");
  CHECK(element(response, "Key") == "&lt;b&gt;&amp;");
  CHECK(element(response, "Resource") == "/cfg/%3Cb%3E&amp;");
  CHECK(element(response, "RequestId") == response.headers.find("x-amz-request-id"));
  CHECK_FALSE(element(response, "HostId").empty());
}

TEST_CASE_METHOD(TestService, "every request is reported once, without its secrets") {
  std::vector<ServedRequest> served;
  S3ServerOptions options;
  options.report = [&](const ServedRequest& request) { served.push_back(request); };
  start(options);
  const auto response = send("GET", "/cfg/a");
  REQUIRE(served.size() == 1);
  CHECK(served[0].method == "GET");
  CHECK(served[0].path == "/cfg/a");
  CHECK(served[0].status == 404);
  CHECK(served[0].error_code == "NoSuchBucket");
  CHECK(served[0].request_id == response.headers.find("x-amz-request-id"));
}

TEST_CASE_METHOD(TestService, "two servers never have one folder") {
  S3ServerOptions options;
  options.folder = "/srv/s3";
  options.credentials = test_credentials();
  const auto second = S3Service::open(files, clock, random, options);
  REQUIRE_FALSE(second);
  CHECK(second.error().kind == ErrorKind::locked);
}

TEST_CASE("credentials are made up in the lengths of Amazon's, and differ") {
  support::FakeRandom random;
  const auto first = random_credentials(random);
  const auto second = random_credentials(random);
  CHECK(first.access_key_id.size() == 20);
  CHECK(first.secret_access_key.reveal().size() == 40);
  CHECK(first.access_key_id != second.access_key_id);
  CHECK_FALSE(first.secret_access_key == second.secret_access_key);
}

}  // namespace
}  // namespace start_claude::server
