// Credentials that Amazon ECS, EKS Pod Identity and their like give to a container over HTTP.
//
// Follows "Container credential provider" of the AWS SDKs and Tools Reference Guide:
// AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI says where, AWS_CONTAINER_AUTHORIZATION_TOKEN
// or, before it, _TOKEN_FILE what to show there. The question is plain http within the machine's
// own link and never goes through a proxy.
#pragma once

#include "s3/credentials_source.h"

namespace start_claude::s3 {

class ContainerCredentials final : public CredentialsSource {
 public:
  explicit ContainerCredentials(const CredentialsParts& parts) : parts_(parts) {}
  Result<Sourced> fetch() override;

 private:
  CredentialsParts parts_;
};

}  // namespace start_claude::s3
