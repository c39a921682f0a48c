#include "http/exchange_text.h"

#include <catch2/catch.hpp>

using namespace start_claude;
using namespace start_claude::http;

namespace {

Exchange only_exchange(const std::string& text) {
  const auto exchanges = parse_exchanges(text);
  INFO((exchanges ? std::string() : exchanges.error().message));
  REQUIRE(exchanges);
  REQUIRE(exchanges->size() == 1);
  return exchanges->front();
}

std::string body_of(const std::string& body_lines) {
  return only_exchange("> PUT http://minio.lan/b/k\n" + body_lines + "! timed_out\n")
      .request.body.str();
}

std::string error_of(const std::string& text) {
  const auto exchanges = parse_exchanges(text);
  REQUIRE_FALSE(exchanges);
  CHECK(exchanges.error().kind == ErrorKind::invalid_data);
  return exchanges.error().message;
}

}  // namespace

TEST_CASE("an exchange file is read as it is written in the README") {
  const auto exchanges = parse_exchanges(R"(# What it shows.
# Where and when.

> GET https://bucket.s3.amazonaws.com/a%2Fb?versions
> If-None-Match: "abc"
> x-amz-date: {any}
< 404 Not Found
< Content-Type: application/xml
<
< <Error/>
# a comment between two exchanges

> PUT https://bucket.s3.amazonaws.com/k
! connection_lost the connection broke
)");
  REQUIRE(exchanges);
  REQUIRE(exchanges->size() == 2);

  const auto& first = (*exchanges)[0];
  CHECK(first.line == 4);
  CHECK(first.request.method == "GET");
  CHECK(first.request.uri.text() == "https://bucket.s3.amazonaws.com/a%2Fb?versions");
  CHECK(first.request.headers == Headers{{"If-None-Match", "\"abc\""}, {"x-amz-date", "{any}"}});
  CHECK(first.request.body.empty());
  const auto& response = std::get<Response>(first.reply);
  CHECK(response.status == 404);
  CHECK(response.headers.find("content-type") == "application/xml");
  CHECK(response.body == "<Error/>");

  const auto& failure = std::get<Failure>((*exchanges)[1].reply);
  CHECK(failure.kind == FailureKind::connection_lost);
  CHECK(failure.reason == "the connection broke");
}

TEST_CASE("a body in an exchange file is exact to the byte") {
  struct Row {
    std::string what;
    std::string lines;
    std::string body;
  };
  const auto row = GENERATE(values<Row>({
      {"no body", "", ""},
      {"nothing after the headers", ">\n", ""},
      {"one line without an end", ">\n> {}\n", "{}"},
      {"one line with its end", ">\n> {}\n>\n", "{}\n"},
      {"only a line end", ">\n>\n>\n", "\n"},
      {"an empty line inside", ">\n> a\n>\n> b\n", "a\n\nb"},
      {"indentation", ">\n>   a\n", "  a"},
      {"CR LF", ">\n> a\\x0d\n> b\n", "a\r\nb"},
      {"binary", ">\n> \\x00\\xff\n", std::string("\0\xff", 2)},
      {"a space at the end", ">\n> a\\x20\n", "a "},
      {"a backslash is itself", ">\n> \"\\n \\u00e9\\\\\"\n", "\"\\n \\u00e9\\\\\""},
      {"the escape itself", ">\n> \\x5cx41\n", "\\x41"},
      {"marks of other lines", ">\n> # < ! >\n> # b\n", "# < ! >\n# b"},
      {"UTF-8", ">\n> \xc3\xa4\n", "\xc3\xa4"},
  }));
  INFO(row.what);
  CHECK(body_of(row.lines) == row.body);

  Exchange exchange{{"PUT", *parse_uri("http://minio.lan/b/k"), {}, row.body},
                    Response{200, {}, {}}};
  const auto text = format_exchanges({exchange}, "");
  CHECK(only_exchange(text).request.body == row.body);
  // An empty line after the headers says nothing, so it alone is not written again.
  if (row.what != "nothing after the headers") {
    CHECK(text == "> PUT http://minio.lan/b/k\n" + row.lines + "< 200\n");
  }
}

TEST_CASE("every byte survives being written and read again") {
  std::string body;
  for (int byte = 0; byte < 256; ++byte) body += static_cast<char>(byte);
  body += "\\x\\\\x \\x0 \n ";
  const Exchange exchange{{"PUT", *parse_uri("http://minio.lan/b/k"), {}, body},
                          Response{200, {{"Content-Length", std::to_string(body.size())}}, body}};
  const auto read = only_exchange(format_exchanges({exchange}, "all bytes\n\nand a comment"));
  CHECK(read.request.body == body);
  CHECK(std::get<Response>(read.reply).body == body);
}

TEST_CASE("Content-Length of a recorded reply follows from its body") {
  struct Row {
    std::string what;
    std::string method;
    std::string reply;
    std::optional<std::string> length;
  };
  const auto row = GENERATE(values<Row>({
      {"left out", "GET", "< 200\n<\n< abc\n", "3"},
      {"left out, no body", "PUT", "< 200\n", "0"},
      {"written", "GET", "< 200\n< content-length: 3\n<\n< abc\n", "3"},
      {"chunked", "GET", "< 200\n< Transfer-Encoding: chunked\n<\n< abc\n", std::nullopt},
      {"HEAD says what GET would", "HEAD", "< 200\n< Content-Length: 912\n", "912"},
      {"304", "GET", "< 304\n", std::nullopt},
      {"204", "DELETE", "< 204\n", std::nullopt},
  }));
  INFO(row.what);
  const auto exchange = only_exchange("> " + row.method + " http://minio.lan/b/k\n" + row.reply);
  CHECK(std::get<Response>(exchange.reply).headers.find("Content-Length") == row.length);
}

TEST_CASE("a malformed exchange file is refused with its line") {
  struct Row {
    std::string text;
    std::string message;
  };
  const auto row = GENERATE(values<Row>({
      {"GET http://minio.lan/\n", "line 1: a line starts with #, >, < or !"},
      {"# x\n\n< 200\n", "line 3: a request (>) must come before its reply"},
      {"> GET http://minio.lan/\n", "line 1: this request has no reply (< or !)"},
      {"> GET http://minio.lan/\n\n> GET http://minio.lan/\n< 200\n",
       "line 1: this request has no reply (< or !)"},
      {">GET http://minio.lan/\n", "line 1: after > comes a space"},
      {"> GET\n< 200\n", "line 1: a request starts with its method and its URI"},
      {"> GET http://minio.lan/\n> no colon\n< 200\n", "line 2: a header is written Name: value"},
      {"> GET http://minio.lan/\n< OK\n", "line 2: a reply starts with its status, 100 to 599"},
      {"> GET http://minio.lan/\n! lost\n", "line 2: there is no failure called \"lost\""},
      {"> PUT http://minio.lan/\n>\n> \\xZZ\n< 200\n",
       "line 3: \\x must be followed by two hexadecimal digits"},
      {"> HEAD http://minio.lan/\n< 200\n<\n< body\n",
       "line 2: a reply to HEAD, a 204 or a 304 has no body"},
      {"> GET http://minio.lan/\n< 200\n< Content-Length: 5\n<\n< abc\n",
       "line 2: Content-Length says 5 but the body has 3 bytes (leave the header out)"},
  }));
  CHECK(error_of(row.text) == row.message);
}

TEST_CASE("every failure has a name of its own in exchange files") {
  for (const auto kind :
       {FailureKind::name_not_resolved, FailureKind::not_connected, FailureKind::tls_not_trusted,
        FailureKind::tls_failed, FailureKind::timed_out, FailureKind::connection_lost,
        FailureKind::malformed_response, FailureKind::too_large, FailureKind::proxy_failed}) {
    const Exchange exchange{{"GET", *parse_uri("http://minio.lan/"), {}, {}}, Failure{kind, "why"}};
    const auto read = only_exchange(format_exchanges({exchange}, ""));
    CHECK(std::get<Failure>(read.reply).kind == kind);
    CHECK(std::get<Failure>(read.reply).reason == "why");
  }
}
