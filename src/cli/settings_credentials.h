// Who signs, as the settings say: a stored key, or what the AWS files, variables and services of
// this machine have.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/time.h"
#include "cli/host.h"
#include "cli/notices.h"
#include "config/s3_settings.h"
#include "http/curl_transport.h"
#include "s3/credentials.h"
#include "s3/profiles.h"

namespace start_claude::cli {

/// As they may be shown.
struct CredentialsDescription {
  std::string key_id;  ///< masked; empty if not looked up, or there are none
  std::string source;  ///< empty if there are none
  std::optional<UtcTime> expires = {};

  /// "AKIA****MPLE, from ~/.start-claude/config.json, until 2026-11-22 09:14:03 +0100"
  std::string text(const platform::Clock& clock) const;
};

/// Whether other programs and services may be asked for the sake of showing something.
enum class Lookup { allowed, not_allowed };

class SettingsCredentials {
 public:
  struct Context {
    std::string settings_source;              ///< who stores a stored key, for people
    http::CurlOptions transport;              ///< as for the store
    std::optional<std::string> store_region;  ///< for STS, where nobody names another
  };

  SettingsCredentials(Host& host, const Notices& notices, const config::S3Settings& settings,
                      Context context);
  ~SettingsCredentials();

  s3::CredentialsProvider& provider() { return *provider_; }
  CredentialsDescription describe(Lookup lookup);

 private:
  class LazyTransport;

  std::string configured_source_;  ///< what the settings say, without looking
  bool is_at_hand_ = false;        ///< nobody need be asked
  std::unique_ptr<LazyTransport> transport_;
  std::unique_ptr<LazyTransport> direct_;
  std::unique_ptr<s3::CredentialsProvider> provider_;
};

/// True if the settings hold a key of their own.
bool has_stored_key(const config::S3Settings& settings);

/// The files' profiles, and the name of the one whose region and endpoint complete the settings:
/// none with a stored key and with `env`.
struct SettingsProfile {
  s3::Profiles profiles;
  std::optional<std::string> name = {};

  /// Null if there is none.
  const s3::Profile* profile() const { return name ? profiles.find(*name) : nullptr; }
};

Result<SettingsProfile> profile_of(const config::S3Settings& settings, const Host& host);

}  // namespace start_claude::cli
