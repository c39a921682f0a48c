#include "http/uri.h"

#include <catch2/catch.hpp>

using namespace start_claude;
using namespace start_claude::http;

TEST_CASE("a URI is taken apart and put together again without a change to its path") {
  struct Row {
    std::string text;
    std::string scheme, authority;
    std::uint16_t port;
    std::string target, whole;
  };
  const auto row = GENERATE(values<Row>({
      {"https://s3.amazonaws.com", "https", "s3.amazonaws.com", 443, "/",
       "https://s3.amazonaws.com/"},
      {"http://minio.lan:9000/b/k", "http", "minio.lan:9000", 9000, "/b/k",
       "http://minio.lan:9000/b/k"},
      {"HTTPS://Minio.LAN/B/K", "https", "minio.lan", 443, "/B/K", "https://minio.lan/B/K"},
      {"https://minio.lan:443/", "https", "minio.lan", 443, "/", "https://minio.lan/"},
      {"http://minio.lan:80/", "http", "minio.lan", 80, "/", "http://minio.lan/"},
      {"http://minio.lan:443/", "http", "minio.lan:443", 443, "/", "http://minio.lan:443/"},
      {"http://[::1]:9000/b", "http", "[::1]:9000", 9000, "/b", "http://[::1]:9000/b"},
      {"http://[2001:DB8::1]/", "http", "[2001:db8::1]", 80, "/", "http://[2001:db8::1]/"},
      {"https://h?versions", "https", "h", 443, "/?versions", "https://h/?versions"},
      {"https://h/p?a=b&c=%20d/e?f", "https", "h", 443, "/p?a=b&c=%20d/e?f",
       "https://h/p?a=b&c=%20d/e?f"},
      {"https://h//a/../b/./c%2F%2fd//", "https", "h", 443, "//a/../b/./c%2F%2fd//",
       "https://h//a/../b/./c%2F%2fd//"},
      {"https://my_host-1.lan/", "https", "my_host-1.lan", 443, "/", "https://my_host-1.lan/"},
  }));
  const auto uri = parse_uri(row.text);
  INFO(row.text);
  REQUIRE(uri);
  CHECK(uri->scheme == row.scheme);
  CHECK(uri->authority() == row.authority);
  CHECK(uri->effective_port() == row.port);
  CHECK(uri->target() == row.target);
  CHECK(uri->text() == row.whole);
  CHECK(*parse_uri(uri->text()) == *uri);
}

TEST_CASE("a text that is no URI is refused, and the error says why") {
  struct Row {
    std::string text;
    std::string problem;
  };
  const auto row = GENERATE(values<Row>({
      {"", "it must start with https:// or http://"},
      {"minio.lan:9000", "it must start with https:// or http://"},
      {"ftp://h/", "it must start with https:// or http://"},
      {"https:/h/", "it must start with https:// or http://"},
      {"https://", "it names no host"},
      {"https:///path", "it names no host"},
      {"https://:9000/", "it names no host"},
      {"https://a b/", "a host name has letters, digits, dots and hyphens only"},
      {"https://a%20b/", "a host name has letters, digits, dots and hyphens only"},
      {"https://\xc3\xa4.example/", "a host name has letters, digits, dots and hyphens only"},
      {"https://a..b/", "a host name has letters, digits, dots and hyphens only"},
      {"https://.a/", "a host name has letters, digits, dots and hyphens only"},
      {"https://h\r\nx/", "a host name has letters, digits, dots and hyphens only"},
      {"http://[::1/", "there is no valid IPv6 address between the brackets"},
      {"http://[]/", "there is no valid IPv6 address between the brackets"},
      {"http://[127.0.0.1]/", "there is no valid IPv6 address between the brackets"},
      {"http://[::1]x/", "there is no valid IPv6 address between the brackets"},
      {"http://h:/", "the port must be a number from 1 to 65535"},
      {"http://h:0/", "the port must be a number from 1 to 65535"},
      {"http://h:65536/", "the port must be a number from 1 to 65535"},
      {"http://h:90x/", "the port must be a number from 1 to 65535"},
      {"http://h:1:2/", "the port must be a number from 1 to 65535"},
      {"http://h/#top", "it must not have a #fragment"},
      {"http://h#top", "it must not have a #fragment"},
      {"http://h/a b", "spaces and special characters must be written as %XX"},
      {"http://h/\xc3\xa4", "spaces and special characters must be written as %XX"},
      {"http://h/\"", "spaces and special characters must be written as %XX"},
      {"http://h/%2", "a % must be followed by two hexadecimal digits"},
      {"http://h/%zz", "a % must be followed by two hexadecimal digits"},
      {"http://h/?a=%", "a % must be followed by two hexadecimal digits"},
  }));
  INFO(row.text);
  const auto uri = parse_uri(row.text);
  REQUIRE_FALSE(uri);
  CHECK(uri.error().kind == ErrorKind::usage);
  CHECK_THAT(uri.error().message, Catch::EndsWith("is not a usable URL: " + row.problem));
}

TEST_CASE("a password in a URI is refused and not repeated") {
  for (const auto* text : {"https://user:hunter2@host/", "https://hunter2@host/a@b"}) {
    const auto uri = parse_uri(text);
    REQUIRE_FALSE(uri);
    CHECK_THAT(uri.error().message + uri.error().hint, !Catch::Contains("hunter2"));
  }
  CHECK(parse_uri("https://host/a@b"));
}

TEST_CASE("loopback is this machine and nothing that looks like it") {
  struct Row {
    std::string url;
    bool is_loopback;
  };
  const auto row = GENERATE(values<Row>({
      {"http://localhost:9000", true},
      {"http://LOCALHOST", true},
      {"http://minio.localhost", true},
      {"http://127.0.0.1", true},
      {"http://127.8.9.10", true},
      {"http://[::1]", true},
      {"http://128.0.0.1", false},
      {"http://10.0.0.1", false},
      {"http://127.0.0.1.evil.example", false},
      {"http://127.evil.example", false},
      {"http://localhost.evil.example", false},
      {"http://notlocalhost", false},
      {"http://[::2]", false},
      {"http://0.0.0.0", false},
  }));
  INFO(row.url);
  CHECK(is_loopback(*parse_uri(row.url)) == row.is_loopback);
}

TEST_CASE("keys are percent-encoded once, by SigV4's rules") {
  struct Row {
    std::string key, path, segment;
  };
  const auto row = GENERATE(values<Row>({
      {"", "", ""},
      {"start-claude_config.v1~.json", "start-claude_config.v1~.json",
       "start-claude_config.v1~.json"},
      {"a/b", "a/b", "a%2Fb"},
      {"a b+c", "a%20b%2Bc", "a%20b%2Bc"},
      {"=@:&?#%", "%3D%40%3A%26%3F%23%25", "%3D%40%3A%26%3F%23%25"},
      {"a%20b", "a%2520b", "a%2520b"},
      {"\xc3\xa4\xf0\x9f\x98\x80", "%C3%A4%F0%9F%98%80", "%C3%A4%F0%9F%98%80"},
      {"!'()*,;$[]", "%21%27%28%29%2A%2C%3B%24%5B%5D", "%21%27%28%29%2A%2C%3B%24%5B%5D"},
      {std::string("\0\x7f\xff", 3), "%00%7F%FF", "%00%7F%FF"},
  }));
  CHECK(encode_path(row.key) == row.path);
  CHECK(encode_segment(row.key) == row.segment);
  CHECK(percent_decode(row.path) == row.key);
  CHECK(percent_decode(row.segment) == row.key);
}

TEST_CASE("percent-decoding takes either case, keeps + and refuses what is cut off") {
  CHECK(percent_decode("%2f%2F+") == "//+");
  CHECK(percent_decode("%2F%") == std::nullopt);
  CHECK(percent_decode("%2") == std::nullopt);
  CHECK(percent_decode("%g0") == std::nullopt);
  CHECK(percent_decode("% 1") == std::nullopt);
}
