// The object store over HTTP: signs, sends, retries, follows region hints, classifies.
//
// One instance serves one bucket's endpoint and keeps what it learns in a run (the region a server
// hinted at, the clock's skew, whether If-Match must go unquoted). signed_exchange.h says what
// happens on the wire, retry.h when, reply.h what the answers mean. Not thread-safe.
#pragma once

#include <optional>
#include <string>

#include "http/transport.h"
#include "platform/clock.h"
#include "platform/random.h"
#include "s3/credentials.h"
#include "s3/endpoint.h"
#include "s3/object_store.h"
#include "s3/signed_exchange.h"
#include "s3/store_options.h"

namespace start_claude::s3 {

/// Whether a bucket keeps earlier states of its objects.
enum class Versioning {
  off,
  suspended,  ///< it did, and keeps those
  enabled,
  unknown,  ///< the key may not ask, or this store does not know the question
};

class S3ObjectStore final : public ObjectStore {
 public:
  S3ObjectStore(http::Transport& transport, platform::Clock& clock, platform::Random& random,
                CredentialsProvider& credentials, Endpoint endpoint, StoreOptions options);

  Result<GetOutcome> get(const ObjectLocation& object,
                         const std::optional<ETag>& if_none_match) override;
  Result<GetOutcome> get_version(const ObjectLocation& object,
                                 const std::string& version_id) override;
  Result<VersionsOutcome> list_versions(const ObjectLocation& object) override;
  Result<HeadOutcome> head(const ObjectLocation& object) override;
  Result<PutOutcome> put(const ObjectLocation& object, const PutRequest& request,
                         const Precondition& precondition) override;
  Result<base::Done> create_bucket(const std::string& bucket) override;
  Result<Permission> remove(const ObjectLocation& object, const std::string& version_id) override;
  ClockSkew clock_skew() const override { return exchange_.clock_skew(); }
  bool promises_if_none_match() const override { return exchange_.endpoint().is_amazon; }

  // What s3-doctor asks beyond that (store_examination.cc). An error means that nobody answered.

  Result<Permission> may_list_buckets();
  Result<Permission> may_list_objects(const std::string& bucket);
  Result<Versioning> versioning(const std::string& bucket);
  std::optional<bool> etag_unquoted() const override { return options_.etag_unquoted; }
  bool refuses_conditional_get() const override { return options_.refuses_conditional_get; }
  std::optional<LearntRegion> learnt_region() const override;
  const std::string& region() const { return exchange_.endpoint().region; }
  /// "MinIO", "Ceph", ...: the program that answered; empty if it did not tell.
  std::string_view product() const { return exchange_.product(); }

 private:
  using EndTime = SignedExchange::EndTime;

  EndTime end_of_call() const { return exchange_.elapsed() + options_.deadline; }
  /// `etag` as this store wants it in If-Match.
  std::string if_match_value(const ETag& etag) const;
  Result<GetOutcome> read(const Call& call, EndTime end);
  /// What a final answer to a read means.
  Result<GetOutcome> read_outcome(const Call& call, Answer answer) const;
  /// True if the object still has that ETag, by a HEAD.
  bool has_etag(const ObjectLocation& object, const ETag& etag, EndTime end);
  /// Whether a 412 to If-Match may be about the quotes only.
  bool is_doubtful(const ETag& refused);
  /// After such a 412: if the ETag is unchanged nevertheless, once more with the quotes the
  /// other way round; if it is unchanged even then, this store cannot do it.
  Answer doubt_if_match(Call call, Answer refused, const ETag& etag, EndTime end);
  Result<Permission> permission_for(const Call& call);
  Result<PutOutcome> put_outcome(const Call& call, const Answer& answer) const;

  platform::Clock& clock_;
  StoreOptions options_;
  std::optional<ETag> refused_;  ///< in the last 412 that was believed
  std::string configured_region_;
  SignedExchange exchange_;
};

}  // namespace start_claude::s3
