// An object store in memory, for tests and the simulation: it behaves, faults included.
//
// MemoryBuckets is the server's side, shared; each device has its own MemoryObjectStore on it, with
// its own clock. Everything is deterministic. Not thread-safe. Passes tests/contract.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/clock.h"
#include "s3/object_store.h"

namespace start_claude::support {

/// What a store does with a condition on PUT.
enum class ConditionSupport {
  honoured,
  ignored,  ///< it stores anyway and says nothing (Garage)
  refused,  ///< ConditionNotSupported (Backblaze B2)
};

enum class ETagKind {
  of_content,  ///< equal bytes have equal tags, as with plain single PUTs
  per_write,   ///< never twice the same, as with encrypted objects
  weak,        ///< W/"…", as behind a compressing proxy
  missing,
};

struct MemoryTraits {
  ConditionSupport if_match = ConditionSupport::honoured;
  ConditionSupport if_none_match = ConditionSupport::honoured;
  ETagKind etag_kind = ETagKind::of_content;
  bool keeps_versions = false;
  /// The key id lacks s3:ListBucket: a missing object is answered as a forbidden one is.
  bool hides_absence = false;
  /// The key id lacks s3:GetObject.
  bool hides_objects = false;
  /// The key id may write this one object and no other; empty: any.
  std::string only_writable_key = {};
  /// If-None-Match counts a delete marker as an object (Ceph, MinIO).
  bool deletion_is_object = false;
  bool promises_if_none_match = false;
  /// No Last-Modified, or none that can be.
  bool hides_times = false;
};

/// One state an object had: what a PUT stored, or that it was deleted.
struct MemoryState {
  s3::ObjectAttributes attributes;
  std::string body;
  bool is_deletion = false;
  std::string device;  ///< whose PUT it was
};

/// The buckets of one imaginary server: the state all devices share.
class MemoryBuckets {
 public:
  /// Last-Modified and Date come from `server_clock`, in whole seconds.
  explicit MemoryBuckets(const platform::Clock& server_clock, MemoryTraits traits = {})
      : server_clock_(server_clock), traits_(traits) {}

  MemoryTraits& traits() { return traits_; }
  void create(const std::string& bucket) { buckets_[bucket]; }
  bool exists(const std::string& bucket) const { return buckets_.contains(bucket); }

  /// The object's current state; nullptr if there is none. Valid until the next write.
  const MemoryState* find(const s3::ObjectLocation& object) const;
  /// Every state the object ever had, oldest first, whether or not the bucket keeps versions: for
  /// a test to see what was overwritten. Empty if there never was one.
  const std::vector<MemoryState>& states(const s3::ObjectLocation& object) const;
  /// Stores without any condition, as another program would. Precondition: the bucket exists.
  const MemoryState& store(const s3::ObjectLocation& object, MemoryState state);
  void remove(const s3::ObjectLocation& object);

  UtcTime now() const;  ///< the server's, in whole seconds
  std::size_t write_count() const { return writes_; }

 private:
  s3::ETag next_etag(std::string_view body) const;

  const platform::Clock& server_clock_;
  MemoryTraits traits_;
  std::map<std::string, std::map<std::string, std::vector<MemoryState>>> buckets_;
  std::size_t writes_ = 0;
};

enum class StoreOperation { get, get_version, list_versions, head, put, remove, create_bucket };

/// What goes wrong with one call, its retries included.
enum class StoreFault {
  none,
  request_lost,               ///< nothing reached the server; a PUT cannot know that
  answer_lost,                ///< the server did it, the answer never came
  server_error,               ///< 500 on every attempt, nothing was done
  server_error_after_effect,  ///< 500 on every attempt, though it was done
  slow_down,                  ///< 503 SlowDown on every attempt
  too_many_requests,          ///< 429 on every attempt
  /// 409: another write was under way. Only a PUT with a condition is answered so, and where
  /// conditions are refused, none.
  conflict,
  /// A GET or HEAD shows the state before the last write; any other call is not affected.
  stale_read,
  access_denied,
};

struct StoreCall {
  StoreOperation operation = StoreOperation::get;
  const s3::ObjectLocation& object;  ///< without a key where it is about a bucket
  const std::string& device;
  std::size_t number = 0;  ///< of this device's calls, counted from 1
};

class MemoryObjectStore final : public s3::ObjectStore {
 public:
  /// Called before each call takes effect. It may use other devices of the same buckets, advance
  /// clocks, or throw, which is how a simulation interleaves and crashes devices.
  using Hook = std::function<StoreFault(const StoreCall&)>;

  MemoryObjectStore(MemoryBuckets& buckets, const platform::Clock& device_clock,
                    std::string device = "device")
      : buckets_(buckets), device_clock_(device_clock), device_(std::move(device)) {}

  void set_hook(Hook hook) { hook_ = std::move(hook); }
  std::size_t call_count() const { return calls_; }

  Result<s3::GetOutcome> get(const s3::ObjectLocation& object,
                             const std::optional<s3::ETag>& if_none_match) override;
  Result<s3::GetOutcome> get_version(const s3::ObjectLocation& object,
                                     const std::string& version_id) override;
  Result<s3::VersionsOutcome> list_versions(const s3::ObjectLocation& object) override;
  Result<s3::HeadOutcome> head(const s3::ObjectLocation& object) override;
  Result<s3::PutOutcome> put(const s3::ObjectLocation& object, const s3::PutRequest& request,
                             const s3::Precondition& precondition) override;
  Result<base::Done> create_bucket(const std::string& bucket) override;
  Result<s3::Permission> remove(const s3::ObjectLocation& object,
                                const std::string& version_id) override;
  s3::ClockSkew clock_skew() const override { return skew_; }
  bool promises_if_none_match() const override { return buckets_.traits().promises_if_none_match; }

 private:
  Result<s3::PutOutcome> put_under(StoreFault fault, const s3::ObjectLocation& object,
                                   const s3::PutRequest& request,
                                   const s3::Precondition& precondition);
  StoreFault begin(StoreOperation operation, const s3::ObjectLocation& object);
  /// What a GET or HEAD is refused with, be there something or not.
  std::optional<s3::ReadDenied> denial(StoreFault fault, const s3::ObjectLocation& object,
                                       const MemoryState* state) const;
  /// What every read begins with: the fault, the bucket.
  std::optional<Error> refusal(StoreFault fault, const s3::ObjectLocation& object) const;
  const MemoryState* visible(const s3::ObjectLocation& object, StoreFault fault) const;

  MemoryBuckets& buckets_;
  const platform::Clock& device_clock_;
  std::string device_;
  Hook hook_;
  std::size_t calls_ = 0;
  s3::ClockSkew skew_;
};

}  // namespace start_claude::support
