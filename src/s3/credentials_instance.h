// The role of an EC2 instance, from its metadata service. Version 2 only: with a session token.
//
// Follows "IMDS credential provider" of the AWS SDKs and Tools Reference Guide. Asked last and
// never through a proxy; where nothing answers within a second, this is no EC2 instance.
#pragma once

#include <string>

#include "s3/credentials_source.h"

namespace start_claude::s3 {

class InstanceCredentials final : public CredentialsSource {
 public:
  explicit InstanceCredentials(const CredentialsParts& parts) : parts_(parts) {}
  /// An endpoint that somebody named must answer; the usual one need not be there.
  Result<Sourced> fetch() override;

 private:
  http::Reply send(std::string_view method, std::string path, http::Headers headers);

  CredentialsParts parts_;
  http::Uri endpoint_;
};

}  // namespace start_claude::s3
