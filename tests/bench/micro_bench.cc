// What the pure parts cost: signing beside the bare HMACs of a signature, reading and writing JSON,
// merging. One line each, "name: value unit", for scripts/bench. Not a test: times depend on the
// machine, so they are printed, never checked.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>

#include "config/document.h"
#include "crypto/sha256.h"
#include "http/uri.h"
#include "json/parse.h"
#include "json/write.h"
#include "resolve/merge.h"
#include "s3/sigv4.h"

using namespace start_claude;

namespace {

/// The least time of a few rounds, in seconds per call.
template <class Call>
double seconds_per_call(int calls, const Call& call) {
  double least = 1e9;
  for (int round = 0; round < 5; ++round) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < calls; ++i) call();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    least = std::min(least, took.count() / calls);
  }
  return least;
}

void print(const std::string& name, double value, const char* unit) {
  std::printf("%s: %.3g %s\n", name.c_str(), value, unit);
}

std::string document(int profiles, const std::string& model, int changed_every) {
  std::string text = R"({"version": 1, "configs": [)";
  for (int i = 0; i < profiles; ++i) {
    if (i > 0) text += ",";
    text += R"({"name": "profile-)" + std::to_string(i) +
            R"(", "apiKey": "sk-ant-0123456789abcdef)" +
            R"(0123456789abcdef", "baseUrl": "https://api.example.com/v1", "model": ")" +
            (i % changed_every == 0 ? model : "claude") +
            R"(", "env": {"HTTP_TIMEOUT": "30", "REGION": "eu-central-1"}})";
  }
  return text + "]}";
}

json::Value parsed(const std::string& text) { return *config::parse_document(text); }

void measure_signing() {
  const s3::Credentials credentials{"AKIAEXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLE")};
  const s3::SigningScope scope{UtcTime{}, "us-east-1"};
  const http::Request request{
      "GET", *http::parse_uri("https://bucket.s3.us-east-1.amazonaws.com/config.json"), {}, ""};
  constexpr int calls = 5000;
  const double signing =
      seconds_per_call(calls, [&] { (void)s3::sign(request, credentials, scope); });
  // The five HMACs and the two hashes that no implementation can do without.
  const std::string key(32, 'k');
  const double bare = seconds_per_call(calls, [&] {
    for (int i = 0; i < 5; ++i)
      (void)crypto::hmac_sha256(key, "20260101/us-east-1/s3/aws4_request");
    (void)crypto::sha256_hex("");
    (void)crypto::sha256_hex(std::string_view("GET\n/config.json\n\nhost:bucket\n\nhost\n"));
  });
  print("signatures", 1 / signing, "/s");
  print("the HMACs and hashes of a signature alone", 1 / bare, "/s");
}

void measure_json() {
  const std::string text = document(10'000, "claude", 2);
  const double megabytes = static_cast<double>(text.size()) / 1e6;
  print("parse", megabytes / seconds_per_call(3, [&] { (void)json::parse(text); }), "MB/s");
  const auto value = parsed(text);
  print("write", megabytes / seconds_per_call(3, [&] { (void)json::write_compact(value); }),
        "MB/s");
}

void measure_merging() {
  for (const int profiles : {100, 1'000, 10'000, 100'000}) {
    const auto ancestor = parsed(document(profiles, "claude", 2));
    const auto local = parsed(document(profiles, "local", 2));
    const auto remote = parsed(document(profiles, "remote", 3));
    const double took = seconds_per_call(1, [&] {
      (void)resolve::merge(ancestor, local, remote, {resolve::Side::local, {}});
    });
    print("merge, " + std::to_string(profiles) + " profiles", 1e6 * took / profiles,
          "microseconds per profile");
  }
}

}  // namespace

int main() {
  measure_signing();
  measure_json();
  measure_merging();
}
