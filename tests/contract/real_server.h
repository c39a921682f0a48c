// The real server that the contract's legs share: where it is, and a machine that talks to it.
//
// START_CLAUDE_REAL_S3 names a file of KEY=VALUE lines as `scripts/s3-server env` prints them.
#pragma once

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

#include "crypto/sha256.h"
#include "http/curl_transport.h"
#include "platform/posix_clock.h"
#include "platform/posix_environment.h"
#include "platform/posix_random.h"
#include "s3/s3_object_store.h"
#include "support/memory_object_store.h"

namespace start_claude::contract {

using Settings = std::map<std::string, std::string>;

inline Settings settings_in(std::istream& lines) {
  Settings settings;
  for (std::string line; std::getline(lines, line);) {
    const auto equals = line.find('=');
    if (equals != std::string::npos) settings[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return settings;
}

/// Fails the test if no server is named.
inline Settings real_server() {
  const auto path = platform::PosixEnvironment().variable("START_CLAUDE_REAL_S3");
  INFO("START_CLAUDE_REAL_S3 names no server: ctest -R contract starts one");
  REQUIRE(path);
  std::ifstream file(*path);
  INFO("cannot read " << *path);
  REQUIRE(file);
  return settings_in(file);
}

inline s3::Credentials credentials_of(const Settings& settings, const std::string& who = "S3_") {
  return {.access_key_id = settings.at(who + "ACCESS_KEY_ID"),
          .secret_access_key = Secret(settings.at(who + "SECRET_ACCESS_KEY"))};
}

inline bool is_swift(const Settings& settings) {
  return settings.at("S3_SERVER_BACKEND") == "swift";
}

/// What the server does with If-Match and If-None-Match on a PUT. Swift answers 501 to both.
inline support::ConditionSupport conditions_of(const Settings& settings) {
  return is_swift(settings) ? support::ConditionSupport::refused
                            : support::ConditionSupport::honoured;
}

/// How to get to the server, and where the bucket's name goes.
struct Way {
  enum class Wire { plain, tls } wire = Wire::plain;  ///< tls: an authority of its own
  s3::Addressing addressing = s3::Addressing::path_style;

  std::string text() const {
    const bool in_host = addressing == s3::Addressing::virtual_hosted;
    return std::string(wire == Wire::tls ? "https, " : "http, ") +
           (in_host ? "virtual-hosted" : "path-style");
  }
  /// The setting that says where; absent if this server cannot be asked that way.
  std::string endpoint_name() const {
    const bool in_host = addressing == s3::Addressing::virtual_hosted;
    return std::string("S3_") + (in_host ? "VIRTUAL_" : "") + (wire == Wire::tls ? "TLS_" : "") +
           "ENDPOINT";
  }
};

inline std::optional<std::string> ca_file(const Settings& settings, const Way& way) {
  if (way.wire == Way::Wire::plain) return std::nullopt;
  return settings.at("S3_CA_FILE");
}

/// One machine with its own connections.
struct Device {
  Device(const Settings& settings, s3::Credentials whose, const Way& way = {})
      : transport(http::make_curl_transport({.ca_file = ca_file(settings, way)})),
        credentials(std::move(whose)),
        endpoint(s3::resolve_endpoint({.url = settings.at(way.endpoint_name()),
                                       .region = settings.at("S3_REGION"),
                                       .addressing = way.addressing},
                                      "team")
                     .value()),
        store(*transport, clock, random, credentials, endpoint, {}) {}

  std::unique_ptr<http::Transport> transport;
  platform::PosixClock clock;
  platform::PosixRandom random;
  s3::FixedCredentials credentials;
  s3::Endpoint endpoint;
  s3::S3ObjectStore store;
};

inline std::string new_bucket_name() {
  platform::PosixRandom random;
  const std::string seed = std::to_string(random.next());
  return "contract-" + crypto::sha256_hex(seed).substr(0, 12);
}

}  // namespace start_claude::contract
