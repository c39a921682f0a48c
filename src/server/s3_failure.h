// Refusals that several parts of the S3 service give.
#pragma once

#include <string>

#include "platform/filesystem.h"
#include "server/s3_error.h"

namespace start_claude::server {

/// A full disk is said so; all else is an internal error with the system's words, without paths.
inline S3Error disk_failure(const platform::FileFailure& failure) {
  const bool full = failure.kind == platform::FileFailureKind::no_space;
  return {full ? S3ErrorCode::insufficient_storage : S3ErrorCode::internal_error,
          "The server's disk refused: " + failure.reason};
}

/// `name`: a parameter of the query that asks for what this server does not do.
inline S3Error query_not_implemented(const std::string& name) {
  return {S3ErrorCode::not_implemented,
          "A query parameter you provided implies functionality that is not implemented",
          {{"Parameter", name}}};
}

}  // namespace start_claude::server
