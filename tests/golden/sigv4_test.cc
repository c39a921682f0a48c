#include "s3/sigv4.h"

#include <catch2/catch.hpp>

#include "http/uri.h"
#include "support/sigv4_vectors.h"

using namespace start_claude;
using support::Sigv4Vector;

namespace {

/// What goes over the wire, and what is checked in it.
struct Signed {
  http::Request request;
  s3::CanonicalRequest canonical;
};

Signed sign_or_take(const Sigv4Vector& vector) {
  if (vector.signed_headers) {
    return {vector.request, s3::canonical_request(vector.request, *vector.signed_headers)};
  }
  auto request = s3::sign(vector.request, vector.credentials, vector.scope);
  return {request, s3::canonical_request(request)};
}

}  // namespace

TEST_CASE("every stage of a signature is what an independent implementation computed") {
  for (const auto& vector : support::read_sigv4_vectors()) {
    INFO(vector.name);
    const auto [request, canonical] = sign_or_take(vector);
    CHECK(canonical.text == vector.canonical_request);
    const auto to_sign = s3::string_to_sign(canonical, vector.scope);
    CHECK(to_sign == vector.string_to_sign);
    CHECK(s3::signature(to_sign, vector.credentials.secret_access_key, vector.scope) ==
          vector.signature);
    if (!vector.signed_headers)
      CHECK(request.headers.find("Authorization") == vector.authorization);
  }
}

TEST_CASE("what is signed is byte for byte what is sent") {
  for (const auto& vector : support::read_sigv4_vectors()) {
    if (vector.signed_headers) continue;
    INFO(vector.name);
    const auto request = s3::sign(vector.request, vector.credentials, vector.scope);
    CHECK(request.method == vector.request.method);
    CHECK(request.uri == vector.request.uri);
    CHECK(request.body == vector.request.body);
    CHECK(vector.canonical_request.starts_with(request.method + "\n" + request.uri.path + "\n"));
    if (vector.key) CHECK(request.uri.path.ends_with("/" + http::encode_path(*vector.key)));
  }
}

TEST_CASE("a request signed twice is the request signed once, later") {
  for (const auto& vector : support::read_sigv4_vectors()) {
    if (vector.signed_headers) continue;
    INFO(vector.name);
    auto earlier = vector.scope;
    earlier.time -= std::chrono::hours{25};
    earlier.region = "elsewhere";
    const auto first = s3::sign(vector.request, vector.credentials, earlier);
    const auto second = s3::sign(first, vector.credentials, vector.scope);
    CHECK(second.headers.find("Authorization") == vector.authorization);
    CHECK(first.headers.find("Authorization") != vector.authorization);
  }
}

TEST_CASE("an empty session token is none") {
  const s3::Credentials credentials{
      .access_key_id = "id", .secret_access_key = Secret("secret"), .session_token = Secret("")};
  const auto request = s3::sign({.method = "GET", .uri = {}, .headers = {}, .body = {}},
                                credentials, {.time = {}, .region = "us-east-1"});
  CHECK_FALSE(request.headers.contains("x-amz-security-token"));
}

TEST_CASE("a request that does not say its content's hash is signed with the body's") {
  http::Request request{.method = "PUT", .uri = {}, .headers = {}, .body = "abc"};
  const auto unsaid = s3::canonical_request(request, "host").text;
  request.headers.add("x-amz-content-sha256",
                      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(unsaid == s3::canonical_request(request, "host").text);
}

TEST_CASE("a server finds the signature of what we sent, from the header we sent it in") {
  for (const auto& vector : support::read_sigv4_vectors()) {
    if (vector.signed_headers) continue;
    INFO(vector.name);
    auto received = s3::sign(vector.request, vector.credentials, vector.scope);
    received.headers.add("Host", received.uri.authority());
    received.headers.add("Via", "1.1 proxy");
    received.uri.host = "the-server-need-not-know";
    const auto authorization = received.headers.find("authorization").value();
    const std::string mark = "SignedHeaders=";
    const auto begin = authorization.find(mark) + mark.size();
    const auto names = authorization.substr(begin, authorization.find(',', begin) - begin);
    CHECK(s3::canonical_request(received, names).text == vector.canonical_request);
  }
}
