// The two calls of the AWS Security Token Service that trade an identity for a role's credentials.
//
// Follows "AssumeRole" and "AssumeRoleWithWebIdentity" of the AWS STS API reference, version
// 2011-06-15. Requests and replies are pure; assume_role() and assume_role_with_web_identity() do
// the asking. Replies hold secrets: an error shows a code, and the message only of refusals that
// repeat nothing of what was sent.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/result.h"
#include "http/message.h"
#include "s3/credentials.h"
#include "s3/credentials_source.h"

namespace start_claude::s3 {

struct StsEndpoint {
  http::Uri uri;
  std::string region;  ///< that is signed for
};

/// From `url` where somebody gave one, else the service's own of that region; without a region the
/// global one.
Result<StsEndpoint> sts_endpoint(const std::optional<std::string>& url,
                                 const std::optional<std::string>& region);

/// Which role, and under which name it is taken on.
struct RoleSession {
  std::string role_arn;
  std::string session_name;
  std::optional<std::string> external_id = {};
  std::optional<std::chrono::seconds> duration = {};
};

/// "start-claude-lark": [A-Za-z0-9_=,.@-], at most 64 characters.
std::string session_name_for(const platform::Environment& environment);

/// Not yet signed.
http::Request assume_role_request(const StsEndpoint& endpoint, const RoleSession& session);
/// Needs no signature: the token is the proof.
http::Request web_identity_request(const StsEndpoint& endpoint, const RoleSession& session,
                                   const Secret& token);
/// Nothing if the reply, a 200, is not one of STS.
std::optional<Credentials> parse_role_credentials(std::string_view body);

Result<Credentials> assume_role(const CredentialsParts& parts, const StsEndpoint& endpoint,
                                const RoleSession& session, const Credentials& as);
Result<Credentials> assume_role_with_web_identity(const CredentialsParts& parts,
                                                  const StsEndpoint& endpoint,
                                                  const RoleSession& session, const Secret& token);

}  // namespace start_claude::s3
