// Who signs: an access key id, its secret, and the session token of temporary credentials.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"

namespace start_claude::s3 {

struct Credentials {
  std::string access_key_id;
  Secret secret_access_key;
  std::optional<Secret> session_token = {};
  /// When they stop working; nothing if they do not expire or nobody said.
  std::optional<UtcTime> expires = {};
  /// Where they came from, for people: "~/.start-claude/config.json", "AWS_ACCESS_KEY_ID".
  std::string source = {};
};

/// Hands out credentials that are valid now, fetching or refreshing them when it must.
class CredentialsProvider {
 public:
  virtual ~CredentialsProvider() = default;
  virtual Result<Credentials> credentials() = 0;
  /// The store said these have expired: the next credentials() must not return the same again if
  /// there is a way to get others. False if there is none.
  virtual bool refresh() { return false; }
};

/// Always the same ones.
class FixedCredentials final : public CredentialsProvider {
 public:
  explicit FixedCredentials(Credentials credentials) : credentials_(std::move(credentials)) {}
  Result<Credentials> credentials() override { return credentials_; }

 private:
  Credentials credentials_;
};

}  // namespace start_claude::s3
