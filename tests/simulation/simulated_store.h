// What lies between one device and the bucket: a network and a server that fail, repeat and delay,
// and the mistakes of an engine that asks the store for the wrong thing.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "simulation/mistakes.h"
#include "support/memory_object_store.h"

namespace start_claude::simulation {

/// A request that is still under way when its sender has given up on it.
struct LateRequest {
  std::string body;
  s3::Metadata metadata;
  s3::Precondition precondition;
};

/// What happens to one PUT besides the faults of MemoryObjectStore.
enum class PutFault { none, refused_once, delivered_twice, delivered_late };

struct StoreHooks {
  std::function<PutFault()> put_fault;
  /// Between the effect of a request and its answer.
  std::function<void()> before_answer;
  std::function<void(LateRequest)> postpone;
  /// A PUT replaced a state that this device had not read.
  std::function<void(const std::string& replaced)> overwrote_unread;
  /// A PUT went out that nothing guards, and no read of this run had said what is there.
  std::function<void()> put_unread;
  /// Before a PUT that says what is taken over from the local file: for mistakes.
  std::function<std::string()> local_text;
  std::function<void(const s3::PutRequest&)> before_put;
};

class SimulatedStore final : public s3::ObjectStore {
 public:
  SimulatedStore(s3::ObjectStore& inner, support::MemoryBuckets& buckets, std::string device)
      : inner_(&inner), buckets_(buckets), device_(std::move(device)) {}

  /// From now on everything goes by way of `inner`.
  void use(s3::ObjectStore& inner) { inner_ = &inner; }

  StoreHooks hooks;
  Mistake mistake = Mistake::none;
  /// If-None-Match is looked at before the body is taken, and not again.
  bool creates_without_atomicity = false;

  void run_begins(const s3::ObjectLocation& object);

  Result<s3::GetOutcome> get(const s3::ObjectLocation& object,
                             const std::optional<s3::ETag>& if_none_match) override;
  Result<s3::GetOutcome> get_version(const s3::ObjectLocation& object,
                                     const std::string& version_id) override {
    return inner_->get_version(object, version_id);
  }
  Result<s3::VersionsOutcome> list_versions(const s3::ObjectLocation& object) override {
    return inner_->list_versions(object);
  }
  Result<s3::HeadOutcome> head(const s3::ObjectLocation& object) override {
    return inner_->head(object);
  }
  Result<s3::PutOutcome> put(const s3::ObjectLocation& object, const s3::PutRequest& request,
                             const s3::Precondition& precondition) override;
  Result<base::Done> create_bucket(const std::string& bucket) override {
    return inner_->create_bucket(bucket);
  }
  Result<s3::Permission> remove(const s3::ObjectLocation& object,
                                const std::string& version_id) override {
    return inner_->remove(object, version_id);
  }
  s3::ClockSkew clock_skew() const override { return inner_->clock_skew(); }
  std::optional<bool> etag_unquoted() const override { return inner_->etag_unquoted(); }

 private:
  Result<s3::PutOutcome> deliver(const s3::ObjectLocation& object, const s3::PutRequest& request,
                                 const s3::Precondition& precondition);
  /// A PUT whose condition must fail where conditions are honoured.
  bool is_measuring(const s3::ObjectLocation& object, const s3::Precondition& precondition) const;
  bool is_honoured(const s3::Precondition& precondition) const;
  void misread(s3::Metadata& metadata) const;
  void miswrite(s3::Metadata& metadata) const;
  s3::Precondition mistaken(const s3::ObjectLocation& object,
                            const s3::Precondition& precondition) const;

  Result<s3::PutOutcome> store(const s3::ObjectLocation& object, const s3::PutRequest& request,
                               const s3::Precondition& precondition);
  /// After a PUT when there had been so many states: did it replace one that nobody here had read?
  void look_for_overwritten(const s3::ObjectLocation& object, const s3::PutRequest& request,
                            std::size_t states);

  s3::ObjectStore* inner_;
  support::MemoryBuckets& buckets_;
  std::string device_;
  /// How many states the object had had when this device last tried to read it.
  std::size_t states_at_read_ = 0;
  std::size_t states_at_run_begin_ = 0;
  /// Whether this run was told what is there, by a read or by its own PUT.
  bool was_told_ = false;
  /// It was shown an older one.
  bool was_stale_ = false;
};

}  // namespace start_claude::simulation
