// What s3-doctor found between this machine and the object, from the name to the permissions.
// Facts to words.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/connection_facts.h"
#include "s3/endpoint.h"
#include "s3/s3_object_store.h"
#include "sync/remote_copy.h"
#include "sync/write_trial.h"
#include "ui/findings.h"

namespace start_claude::ui {

/// The checks of the connection to the host of `uri`: DNS, TCP, TLS. Those behind a failure are not
/// tried.
std::vector<Finding> connection_findings(const http::Uri& uri, const http::ConnectionFacts& facts,
                                         UtcTime now);

Finding clock_finding(const s3::ClockSkew& skew);

struct BucketFacts {
  std::string bucket;
  std::string configured_region;
  std::string region;             ///< the one that worked
  std::string_view product = {};  ///< the program that answered, if it told
};
/// Both are about the one reading of our object.
Finding bucket_finding(const BucketFacts& facts, const Result<s3::GetOutcome>& read);
/// `copy` is what was read, where something was.
Finding read_finding(const Result<s3::GetOutcome>& read,
                     const std::optional<sync::RemoteCopy>& copy);

/// Nothing was tried without --write; an error is one of asking.
using WriteFacts = std::optional<Result<sync::WriteTrial>>;
Finding write_finding(const WriteFacts& facts);
/// `remembered` is what an earlier upload measured.
Finding conditional_writes_finding(const WriteFacts& facts, const sync::StoreTraits& remembered);

Finding versioning_finding(s3::Versioning versioning, const Result<s3::VersionsOutcome>& versions);

struct PermissionFacts {
  s3::Permission list_buckets = s3::Permission::unknown;
  s3::Permission list_objects = s3::Permission::unknown;
  std::optional<s3::Permission> remove = {};  ///< nothing if it was not tried
};
Finding permissions_finding(const PermissionFacts& facts);

}  // namespace start_claude::ui
