// What a client sees of objects: bytes, headers, conditions, ranges.

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "crypto/sha256.h"
#include "service_client.h"

namespace start_claude::server {
namespace {

std::string quoted_md5(std::string_view body) {
  return "\"" + base::to_hex(crypto::md5(body)) + "\"";
}

class WithBucket : public TestService {
 public:
  WithBucket() { REQUIRE(outcome(send("PUT", "/cfg")) == "200"); }
};

TEST_CASE_METHOD(WithBucket, "what was put comes back, with its headers") {
  const http::Headers headers{{"Content-Type", "application/json"},
                              {"Cache-Control", "no-store"},
                              {"x-amz-meta-local-modified", "2026-11-22T08:14:03.250Z"},
                              {"X-Amz-Meta-Percent", "100%25 %41"}};
  const auto put = send("PUT", "/cfg/start-claude-config.json", "{\"configs\":[]}", headers);
  CHECK(outcome(put) == "200");
  CHECK(put.headers.find("ETag") == quoted_md5("{\"configs\":[]}"));

  clock.advance(std::chrono::hours{1});
  const auto got = send("GET", "/cfg/start-claude-config.json");
  CHECK(outcome(got) == "200");
  CHECK(got.body == "{\"configs\":[]}");
  CHECK(got.headers.find("ETag") == put.headers.find("ETag"));
  CHECK(got.headers.find("Content-Type") == "application/json");
  CHECK(got.headers.find("Cache-Control") == "no-store");
  CHECK(got.headers.find("x-amz-meta-local-modified") == "2026-11-22T08:14:03.250Z");
  CHECK(got.headers.find("x-amz-meta-percent") == "100%25 %41");
  CHECK(got.headers.find("Last-Modified") == "Sun, 22 Nov 2026 08:14:03 GMT");
  CHECK(got.headers.find("Date") == "Sun, 22 Nov 2026 09:14:03 GMT");
  CHECK(got.headers.contains("x-amz-request-id"));

  const auto head = send("HEAD", "/cfg/start-claude-config.json");
  CHECK(head.status == 200);
  CHECK(head.body.empty());
  CHECK(head.headers.find("Content-Length") == "14");
  CHECK(head.headers.find("ETag") == put.headers.find("ETag"));
}

TEST_CASE_METHOD(WithBucket, "an object is a plain file in the folder of its bucket") {
  send("PUT", "/cfg/team/config.json", "{}");
  CHECK(files.text_of("/srv/s3/cfg/team/config.json") == "{}");
}

TEST_CASE_METHOD(WithBucket, "a folder goes with its last object, and is in no object's way") {
  send("PUT", "/cfg/team/a/config.json", "{}");
  send("PUT", "/cfg/team/other.json", "{}");
  send("DELETE", "/cfg/team/a/config.json");
  send("PUT", "/cfg/team/a", "one");
  CHECK(files.text_of("/srv/s3/cfg/team/a") == "one");
  CHECK(send("GET", "/cfg/team/other.json").body == "{}");
}

TEST_CASE_METHOD(WithBucket, "a file that a person put there or edited is an object") {
  send("PUT", "/cfg/a", "one", {{"x-amz-meta-writer", "ada"}});
  files.write_in_place("/srv/s3/cfg/a", "two");
  files.write_in_place("/srv/s3/cfg/by-hand.txt", "hello");
  const auto edited = send("GET", "/cfg/a");
  CHECK(edited.body == "two");
  CHECK(edited.headers.find("ETag") == quoted_md5("two"));
  CHECK_FALSE(edited.headers.contains("x-amz-meta-writer"));
  CHECK(send("HEAD", "/cfg/by-hand.txt").headers.find("ETag") == quoted_md5("hello"));
}

TEST_CASE_METHOD(WithBucket, "metadata survives a copy of the folder, which makes new files") {
  send("PUT", "/cfg/a", "one", {{"x-amz-meta-writer", "ada"}});
  files.write_in_place("/srv/s3/cfg/a", "one");
  CHECK(send("GET", "/cfg/a").headers.find("x-amz-meta-writer") == "ada");
  CHECK(send("HEAD", "/cfg/a").headers.find("x-amz-meta-writer") == "ada");
}

TEST_CASE_METHOD(WithBucket, "symbolic links are no objects, and lead nowhere") {
  REQUIRE(std::holds_alternative<base::Done>(files.make_folder("/home/ada", 0700)));
  files.write_in_place("/home/ada/secret", "s");
  files.make_link("/srv/s3/cfg/link", "/home/ada/secret");
  files.make_link("/srv/s3/cfg/folder", "/home/ada");
  CHECK(outcome(send("GET", "/cfg/link")) == "404 NoSuchKey");
  CHECK(outcome(send("GET", "/cfg/folder/secret")) == "404 NoSuchKey");
  CHECK(outcome(send("PUT", "/cfg/folder/secret", "mine")) == "200");
  CHECK(outcome(send("PUT", "/cfg/link", "mine")) == "200");
  CHECK(send("GET", "/cfg/folder/secret").body == "mine");
  CHECK(files.text_of("/home/ada/secret") == "s");
}

TEST_CASE_METHOD(WithBucket, "awkward keys are keys like others") {
  const std::vector<std::string> targets = {"/cfg/a",
                                            "/cfg/a/b",
                                            "/cfg/a/b/c",
                                            "/cfg/with%20space",
                                            "/cfg/plus+plus",
                                            "/cfg/100%25",
                                            "/cfg/%2541",
                                            "/cfg/%C3%BC",
                                            "/cfg/a//b",
                                            "/cfg//lead",
                                            "/cfg/trail/",
                                            "/cfg/..",
                                            "/cfg/../../x",
                                            "/cfg/./y",
                                            "/cfg/x/../z",
                                            "/cfg/%7Etil~",
                                            "/cfg/a%0Ab",
                                            "/cfg/eq=&@:,;",
                                            "/cfg/.s3-serve/records/x",
                                            "/cfg/" + std::string(300, 'x')};
  for (const auto& target : targets) REQUIRE(outcome(send("PUT", target, target)) == "200");
  for (const auto& target : targets) {
    INFO(target);
    CHECK(send("GET", target).body == target);
    CHECK(outcome(send("DELETE", target)) == "204");
    CHECK(outcome(send("GET", target)) == "404 NoSuchKey");
  }
  CHECK(element(send("GET", "/cfg?list-type=2"), "KeyCount") == "0");
}

TEST_CASE_METHOD(WithBucket, "an escaped slash is a slash") {
  send("PUT", "/cfg/a/b", "one");
  CHECK(send("GET", "/cfg/a%2Fb").body == "one");
  CHECK(send("GET", "/cfg%2Fa%2Fb").body == "one");
}

TEST_CASE_METHOD(WithBucket, "a key whose folder is an object, in either order") {
  const auto first = GENERATE(values<std::string>({"/cfg/a", "/cfg/a/b"}));
  const std::string second = first == "/cfg/a" ? "/cfg/a/b" : "/cfg/a";
  send("PUT", first, "first", {{"x-amz-meta-n", "1"}});
  send("PUT", second, "second", {{"x-amz-meta-n", "2"}});
  send("PUT", second, "again", {{"x-amz-meta-n", "3"}});
  CHECK(send("GET", first).body == "first");
  CHECK(send("GET", second).body == "again");
  CHECK(send("GET", second).headers.find("x-amz-meta-n") == "3");
  CHECK(element(send("GET", "/cfg?list-type=2"), "KeyCount") == "2");
  send("DELETE", first);
  CHECK(outcome(send("GET", first)) == "404 NoSuchKey");
  CHECK(send("GET", second).body == "again");
}

TEST_CASE_METHOD(WithBucket, "an empty object is an object") {
  CHECK(outcome(send("PUT", "/cfg/empty")) == "200");
  const auto got = send("GET", "/cfg/empty");
  CHECK(got.status == 200);
  CHECK(got.body.empty());
  CHECK(got.headers.find("ETag") == "\"d41d8cd98f00b204e9800998ecf8427e\"");
}

struct Condition {
  const char* what;
  std::string method;
  std::string key;
  http::Headers headers;
  std::string expected;
};

// One object, /cfg/there, stored at 08:14:03 with the body "one".
TEST_CASE_METHOD(WithBucket, "conditions are honoured as S3 does") {
  send("PUT", "/cfg/there", "one");
  const std::string tag = quoted_md5("one");
  const std::string bare = base::to_hex(crypto::md5("one"));
  const std::string before = "Sun, 22 Nov 2026 08:14:02 GMT";
  const std::string same = "Sun, 22 Nov 2026 08:14:03 GMT";
  const auto row = GENERATE_COPY(values<Condition>({
      {"create what is not there", "PUT", "new", {{"If-None-Match", "*"}}, "200"},
      {"create what is there", "PUT", "there", {{"If-None-Match", "*"}}, "412 PreconditionFailed"},
      {"replace the state we read", "PUT", "there", {{"If-Match", tag}}, "200"},
      {"replace it, without quotes", "PUT", "there", {{"If-Match", bare}}, "200"},
      {"replace another state", "PUT", "there", {{"If-Match", "\"0\""}}, "412 PreconditionFailed"},
      {"weak tags never match",
       "PUT",
       "there",
       {{"If-Match", "W/" + tag}},
       "412 PreconditionFailed"},
      {"replace what is gone", "PUT", "new", {{"If-Match", tag}}, "404 NoSuchKey"},
      {"both conditions",
       "PUT",
       "there",
       {{"If-Match", tag}, {"If-None-Match", "*"}},
       "501 NotImplemented"},
      {"not this state", "PUT", "there", {{"If-None-Match", tag}}, "501 NotImplemented"},
      {"read if changed: it is not", "GET", "there", {{"If-None-Match", tag}}, "304"},
      {"weak tags do for reading", "GET", "there", {{"If-None-Match", "W/" + tag}}, "304"},
      {"one of several", "GET", "there", {{"If-None-Match", "\"0\", " + tag}}, "304"},
      {"read if changed: it is", "GET", "there", {{"If-None-Match", "\"0\""}}, "200"},
      {"read this state", "GET", "there", {{"If-Match", tag}}, "200"},
      {"read another state", "GET", "there", {{"If-Match", "\"0\""}}, "412 PreconditionFailed"},
      {"a missing one has no state", "GET", "new", {{"If-None-Match", tag}}, "404 NoSuchKey"},
      {"head if changed", "HEAD", "there", {{"If-None-Match", tag}}, "304"},
      {"head of another state", "HEAD", "there", {{"If-Match", "\"0\""}}, "412"},
      {"changed since before", "GET", "there", {{"If-Modified-Since", before}}, "200"},
      {"not changed since", "GET", "there", {{"If-Modified-Since", same}}, "304"},
      {"tags outrank dates",
       "GET",
       "there",
       {{"If-None-Match", "\"0\""}, {"If-Modified-Since", same}},
       "200"},
      {"unchanged since before",
       "GET",
       "there",
       {{"If-Unmodified-Since", before}},
       "412 PreconditionFailed"},
      {"delete this state", "DELETE", "there", {{"If-Match", tag}}, "204"},
      {"delete another state",
       "DELETE",
       "there",
       {{"If-Match", "\"0\""}},
       "412 PreconditionFailed"},
      {"delete what is gone", "DELETE", "new", {}, "204"},
  }));
  INFO(row.what);
  CHECK(outcome(send(row.method, "/cfg/" + row.key, "", row.headers)) == row.expected);
}

TEST_CASE_METHOD(WithBucket, "a write that was refused changed nothing and leaves nothing") {
  send("PUT", "/cfg/a", "one");
  CHECK(send("PUT", "/cfg/a", "two", {{"If-None-Match", "*"}}).status == 412);
  CHECK(send("GET", "/cfg/a").body == "one");
  const auto left = files.list("/srv/s3/cfg/.s3-serve/incoming");
  CHECK(std::get<std::vector<std::string>>(left).empty());
}

struct RangeRow {
  const char* what;
  std::string range;
  int status;
  std::string body;
  std::string content_range;
};

TEST_CASE_METHOD(WithBucket, "one range of bytes is served, everything else is the whole") {
  send("PUT", "/cfg/a", "0123456789");
  const auto row = GENERATE(values<RangeRow>({
      {"the beginning", "bytes=0-3", 206, "0123", "bytes 0-3/10"},
      {"to the end", "bytes=7-", 206, "789", "bytes 7-9/10"},
      {"the last bytes", "bytes=-2", 206, "89", "bytes 8-9/10"},
      {"more than there are", "bytes=8-99", 206, "89", "bytes 8-9/10"},
      {"more of the last than there are", "bytes=-99", 206, "0123456789", "bytes 0-9/10"},
      {"several", "bytes=0-1,3-4", 200, "0123456789", ""},
      {"backwards", "bytes=5-2", 200, "0123456789", ""},
      {"another unit", "lines=0-1", 200, "0123456789", ""},
  }));
  INFO(row.what);
  const auto got = send("GET", "/cfg/a", "", {{"Range", row.range}});
  CHECK(got.status == row.status);
  CHECK(got.body == row.body);
  CHECK(got.headers.find("Content-Range").value_or("") == row.content_range);
}

TEST_CASE_METHOD(WithBucket, "a range beyond the end is refused") {
  send("PUT", "/cfg/a", "0123456789");
  send("PUT", "/cfg/empty", "");
  CHECK(outcome(send("GET", "/cfg/a", "", {{"Range", "bytes=10-"}})) == "416 InvalidRange");
  CHECK(outcome(send("GET", "/cfg/a", "", {{"Range", "bytes=-0"}})) == "416 InvalidRange");
  CHECK(outcome(send("GET", "/cfg/empty", "", {{"Range", "bytes=-5"}})) == "416 InvalidRange");
}

TEST_CASE_METHOD(WithBucket, "a full disk is said, and the object is as it was") {
  send("PUT", "/cfg/a", "one");
  files.capacity = 400;
  CHECK(outcome(send("PUT", "/cfg/a", std::string(1000, 'x'))) == "507 InsufficientStorage");
  files.capacity.reset();
  CHECK(send("GET", "/cfg/a").body == "one");
}

}  // namespace
}  // namespace start_claude::server
