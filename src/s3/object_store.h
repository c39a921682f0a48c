// Objects in a bucket: get, put, head. The words are those of S3.
//
// What a caller decides on (absent, not modified, a lost race) is a value; what ends the command is
// an Error. There is no way to write without saying what may be overwritten: a put takes a
// Precondition. `s3_object_store.h` has the real one; tests/support has one in memory. Both pass
// tests/contract.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/shared_text.h"
#include "base/time.h"

namespace start_claude::s3 {

/// An object's place: s3://bucket/key.
struct ObjectLocation {
  std::string bucket;
  std::string key;
  std::string text() const { return "s3://" + bucket + "/" + key; }
  bool operator==(const ObjectLocation&) const = default;
};

/// An entity tag exactly as the store sent it, quotes and a weak mark included; empty if it sent
/// none. Compare only for equality: it is the MD5 of nothing in particular.
struct ETag {
  std::string raw;
  bool empty() const { return raw.empty(); }
  bool is_weak() const { return raw.starts_with("W/"); }
  /// Weak and missing tags never serve as a condition (RFC 9110 section 13.1.1).
  bool can_be_condition() const { return !empty() && !is_weak(); }
  bool operator==(const ETag&) const = default;
};

/// User metadata: lower-case names without "x-amz-meta-", ASCII values.
using Metadata = std::map<std::string, std::string>;

struct ObjectAttributes {
  ETag etag;
  /// One-second resolution; the upload's time, not the edit's. Nothing where the store states none,
  /// or one that cannot be (base::plausible).
  std::optional<UtcTime> last_modified;
  Metadata metadata;
  std::string version_id;  ///< empty where the bucket keeps no versions
  /// As the reply says it, which is not undone: nobody here asks for one. Empty if none.
  std::string content_encoding = {};
};

struct Object {
  ObjectAttributes attributes;
  std::string body;
  /// Twice the body was not what x-amz-meta-content-sha256 says: some tool copied the metadata of
  /// another content along, or something on the way changes replies.
  bool contradicts_checksum = false;
};

/// The bucket exists, the key does not: the store itself said so.
struct Absent {
  /// A bucket with versions, and the newest one says that the object was deleted.
  bool is_deletion = false;
};
/// 403: what is there, if anything, these credentials were not told. It may be a policy, a cap of
/// the day or one bad moment; and without s3:ListBucket S3 answers so where nothing is. Never to be
/// taken for absent.
struct ReadDenied {
  Error error;  ///< what to report if that ends the run
};
struct NotModified {};

using GetOutcome = std::variant<Object, NotModified, Absent, ReadDenied>;
using HeadOutcome = std::variant<ObjectAttributes, Absent, ReadDenied>;

/// Write only if there is no object: If-None-Match: *.
struct IfAbsent {};
/// Write only over this state: If-Match.
struct IfMatch {
  ETag etag;
};
/// No condition in the request. Only for stores that were measured not to honour conditions; the
/// caller reads before (200 or a sure 404, in this very run) and after, and says which state it
/// believes it replaces.
struct Unguarded {
  std::string reason;
};
using Precondition = std::variant<IfAbsent, IfMatch, Unguarded>;

struct Stored {
  ETag etag;
  std::string version_id;
};
/// 412, 409, or 404 to If-Match: somebody else wrote first. Read again.
struct PreconditionFailed {
  /// The store compared the condition with what is there. A 409 says only that another write was
  /// under way: nothing of what the store makes of conditions.
  bool was_compared = true;
};
/// 501 or 400 that names the condition: this store cannot do it.
struct ConditionNotSupported {};
/// An attempt went out whose outcome nobody knows (no answer, a 500, a 200 that does not say what
/// it stored), and no later one was stored: it may be there. Settle by reading.
struct AnswerLost {
  Error error;  ///< what to report if it turns out not to be there
  /// A later attempt was told that the condition fails: either our own first attempt was stored,
  /// or somebody else wrote. If our content is not there, the race was lost, which is no error.
  bool condition_failed = false;
};
/// 403: these credentials are known, and may not write this object.
struct WriteDenied {
  Error error;  ///< what to report if that ends the run
};
using PutOutcome =
    std::variant<Stored, PreconditionFailed, ConditionNotSupported, AnswerLost, WriteDenied>;

struct PutRequest {
  base::SharedText body;
  Metadata metadata;
  std::string content_type = "application/json";
  /// As http::Request::while_awaited: once at most for one put(), however many attempts that takes.
  /// Its time counts towards no deadline.
  std::function<void()> while_awaited = {};
};

/// A state of an object that the bucket still keeps.
struct ObjectVersion {
  std::string version_id;  ///< for get_version(); "null" if it was stored before versioning
  std::optional<UtcTime> last_modified;  ///< nothing if unknown, as in ObjectAttributes
  ETag etag;
  std::uint64_t size_bytes = 0;
  bool is_latest = false;
  bool is_deletion = false;  ///< a delete marker: the object was deleted then, there is no content
  bool operator==(const ObjectVersion&) const = default;
};
/// This store cannot list versions.
struct NotSupported {};
using VersionsOutcome = std::variant<std::vector<ObjectVersion>, NotSupported>;

/// What this machine's clock is beside the server's, measured by the Date header of replies:
/// server time minus local time, good to about one second. Nothing before the first reply.
using ClockSkew = std::optional<std::chrono::milliseconds>;

/// What a server said to sign for, in place of the region that the settings or the host name.
struct LearntRegion {
  std::string region;
  std::string instead_of;
  bool operator==(const LearntRegion&) const = default;
};

/// Whether a key may do something.
enum class Permission {
  granted,
  denied,
  unknown,  ///< this store does not say, or does not know the question
};

class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  /// Reads the object; with `if_none_match` the answer may be NotModified.
  virtual Result<GetOutcome> get(const ObjectLocation& object,
                                 const std::optional<ETag>& if_none_match) = 0;
  /// Reads one earlier version.
  virtual Result<GetOutcome> get_version(const ObjectLocation& object,
                                         const std::string& version_id) = 0;
  /// The versions of one object, newest first, at most the newest 1,000. A bucket that keeps none
  /// has one entry, its current state, or NotSupported.
  virtual Result<VersionsOutcome> list_versions(const ObjectLocation& object) = 0;
  virtual Result<HeadOutcome> head(const ObjectLocation& object) = 0;
  virtual Result<PutOutcome> put(const ObjectLocation& object, const PutRequest& request,
                                 const Precondition& precondition) = 0;
  /// Creates a private bucket in the endpoint's region. Success if it is already ours.
  virtual Result<base::Done> create_bucket(const std::string& bucket) = 0;

  /// Deletes an object; with a version id that version for good, without one the newest.
  virtual Result<Permission> remove(const ObjectLocation& object,
                                    const std::string& version_id) = 0;

  virtual ClockSkew clock_skew() const = 0;
  /// Whether the store's makers promise that it honours If-None-Match, so that it need not be
  /// measured before it protects: Amazon, whose endpoints nobody else serves.
  virtual bool promises_if_none_match() const { return false; }
  /// Whether this store takes If-Match without the quotes only: what this run knew or learnt, to be
  /// remembered for the next one; nothing: no PUT has shown it.
  virtual std::optional<bool> etag_unquoted() const { return std::nullopt; }
  /// The same: whether it answers a GET with If-None-Match by an error.
  virtual bool refuses_conditional_get() const { return false; }
  /// The same about the region; nothing if the configured one is right.
  virtual std::optional<LearntRegion> learnt_region() const { return std::nullopt; }
};

}  // namespace start_claude::s3
