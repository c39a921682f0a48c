// The cases of fixtures/sigv4/vectors.txt, which scripts/make-sigv4-vectors wrote by means of an
// independent implementation of Signature Version 4; the file says how it is read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "http/message.h"
#include "s3/credentials.h"
#include "s3/sigv4.h"

namespace start_claude::support {

struct Sigv4Vector {
  std::string name;
  http::Request request;
  s3::Credentials credentials;
  s3::SigningScope scope;
  /// What the client claims to have signed; nothing where it is we who sign.
  std::optional<std::string> signed_headers;
  std::optional<std::string> key;
  std::string canonical_request;
  std::string string_to_sign;
  std::string signature;
  std::string authorization;
};

/// Throws if the file is not what it should be: a test without cases must not pass.
std::vector<Sigv4Vector> read_sigv4_vectors();

}  // namespace start_claude::support
