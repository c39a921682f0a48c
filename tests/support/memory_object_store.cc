#include "support/memory_object_store.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "crypto/sha256.h"
#include "support/waiting_time.h"

namespace start_claude::support {
namespace {

const Error server_error{ErrorKind::unreachable, "memory answered 500 InternalError"};
const Error access_denied{ErrorKind::access_denied, "not allowed: \"cap exceeded\""};
const Error no_answer{ErrorKind::unreachable, "memory gave no answer"};

Error no_such_bucket(const std::string& bucket) {
  return {ErrorKind::no_such_bucket, "no such bucket: " + bucket};
}

bool takes_effect(StoreFault fault) {
  switch (fault) {
    case StoreFault::none:
    case StoreFault::answer_lost:
    case StoreFault::server_error_after_effect:
    case StoreFault::stale_read: return true;
    case StoreFault::request_lost:
    case StoreFault::server_error:
    case StoreFault::slow_down:
    case StoreFault::too_many_requests:
    case StoreFault::conflict:
    case StoreFault::access_denied: return false;
  }
  return false;
}

/// What the caller is told in place of the answer.
std::optional<Error> error_of(StoreFault fault) {
  switch (fault) {
    case StoreFault::none:
    case StoreFault::conflict:
    case StoreFault::stale_read: return std::nullopt;
    case StoreFault::request_lost:
    case StoreFault::answer_lost: return no_answer;
    case StoreFault::server_error:
    case StoreFault::server_error_after_effect: return server_error;
    case StoreFault::slow_down:
      return Error{ErrorKind::unreachable, "memory answered 503 SlowDown"};
    case StoreFault::too_many_requests:
      return Error{ErrorKind::unreachable, "memory answered 429 TooManyRequests"};
    case StoreFault::access_denied: return access_denied;
  }
  return std::nullopt;
}

ConditionSupport support_of(const s3::Precondition& precondition, const MemoryTraits& traits) {
  if (std::holds_alternative<s3::IfAbsent>(precondition)) return traits.if_none_match;
  if (std::holds_alternative<s3::IfMatch>(precondition)) return traits.if_match;
  return ConditionSupport::ignored;
}

/// What a server says to a PUT under this condition; nothing if it goes ahead.
std::optional<s3::PutOutcome> objection(const s3::Precondition& precondition,
                                        const std::vector<MemoryState>& states,
                                        const MemoryTraits& traits) {
  const MemoryState* newest = states.empty() ? nullptr : &states.back();
  const MemoryState* current = newest != nullptr && !newest->is_deletion ? newest : nullptr;
  bool holds = true;
  if (std::holds_alternative<s3::IfAbsent>(precondition)) {
    holds = current == nullptr && (newest == nullptr || !traits.deletion_is_object);
  } else if (const auto* match = std::get_if<s3::IfMatch>(&precondition)) {
    holds = current != nullptr && match->etag.can_be_condition() &&
            current->attributes.etag == match->etag;
  }
  switch (support_of(precondition, traits)) {
    case ConditionSupport::ignored: return std::nullopt;
    case ConditionSupport::refused: return s3::ConditionNotSupported{};
    case ConditionSupport::honoured:
      if (!holds) return s3::PreconditionFailed{};
      return std::nullopt;
  }
  return std::nullopt;
}

bool is_deleted(const std::vector<MemoryState>& states) {
  return !states.empty() && states.back().is_deletion;
}

}  // namespace

const std::vector<MemoryState>& MemoryBuckets::states(const s3::ObjectLocation& object) const {
  static const std::vector<MemoryState> none;
  const auto bucket = buckets_.find(object.bucket);
  if (bucket == buckets_.end()) return none;
  const auto found = bucket->second.find(object.key);
  return found != bucket->second.end() ? found->second : none;
}

const MemoryState* MemoryBuckets::find(const s3::ObjectLocation& object) const {
  const auto& all = states(object);
  return all.empty() || all.back().is_deletion ? nullptr : &all.back();
}

const MemoryState& MemoryBuckets::store(const s3::ObjectLocation& object, MemoryState state) {
  ++writes_;
  state.attributes.last_modified.reset();
  if (!traits_.hides_times) state.attributes.last_modified = now();
  if (!state.is_deletion) state.attributes.etag = next_etag(state.body);
  if (traits_.keeps_versions) state.attributes.version_id = "v" + std::to_string(writes_);
  auto& all = buckets_.at(object.bucket)[object.key];
  all.push_back(std::move(state));
  return all.back();
}

void MemoryBuckets::remove(const s3::ObjectLocation& object) {
  if (find(object) != nullptr) store(object, {.is_deletion = true});
}

UtcTime MemoryBuckets::now() const {
  return std::chrono::floor<std::chrono::seconds>(server_clock_.now());
}

s3::ETag MemoryBuckets::next_etag(std::string_view body) const {
  switch (traits_.etag_kind) {
    case ETagKind::of_content: return {'"' + base::to_hex(crypto::md5(body)) + '"'};
    case ETagKind::per_write: return {"\"write-" + std::to_string(writes_) + '"'};
    case ETagKind::weak: return {"W/\"" + base::to_hex(crypto::md5(body)) + '"'};
    case ETagKind::missing: return {};
  }
  return {};
}

StoreFault MemoryObjectStore::begin(StoreOperation operation, const s3::ObjectLocation& object) {
  ++calls_;
  const StoreFault fault =
      hook_ ? hook_({.operation = operation, .object = object, .device = device_, .number = calls_})
            : StoreFault::none;
  // Whoever answers at all sends a Date.
  if (fault != StoreFault::request_lost && fault != StoreFault::answer_lost) {
    skew_ = buckets_.now() - device_clock_.now();
  }
  return fault;
}

std::optional<Error> MemoryObjectStore::refusal(StoreFault fault,
                                                const s3::ObjectLocation& object) const {
  if (auto error = error_of(fault)) return error;
  if (!buckets_.exists(object.bucket)) return no_such_bucket(object.bucket);
  return std::nullopt;
}

const MemoryState* MemoryObjectStore::visible(const s3::ObjectLocation& object,
                                              StoreFault fault) const {
  if (fault != StoreFault::stale_read) return buckets_.find(object);
  const auto& all = buckets_.states(object);
  if (all.size() < 2 || all[all.size() - 2].is_deletion) return nullptr;
  return &all[all.size() - 2];
}

std::optional<s3::ReadDenied> MemoryObjectStore::denial(StoreFault fault,
                                                        const s3::ObjectLocation& object,
                                                        const MemoryState* state) const {
  if (fault == StoreFault::access_denied) return s3::ReadDenied{access_denied};
  const MemoryTraits& traits = buckets_.traits();
  const bool is_hidden = state == nullptr ? traits.hides_absence : traits.hides_objects;
  const bool is_answered = !error_of(fault) && buckets_.exists(object.bucket);
  if (!is_hidden || !is_answered) return std::nullopt;
  return s3::ReadDenied{access_denied};
}

Result<s3::GetOutcome> MemoryObjectStore::get(const s3::ObjectLocation& object,
                                              const std::optional<s3::ETag>& if_none_match) {
  const StoreFault fault = begin(StoreOperation::get, object);
  const MemoryState* state = visible(object, fault);
  if (auto denied = denial(fault, object, state)) return *std::move(denied);
  if (auto error = refusal(fault, object)) return *std::move(error);
  if (state == nullptr) return s3::Absent{.is_deletion = is_deleted(buckets_.states(object))};
  if (if_none_match && if_none_match->can_be_condition() &&
      *if_none_match == state->attributes.etag) {
    return s3::NotModified{};
  }
  const auto& metadata = state->attributes.metadata;
  const auto digest = metadata.find("content-sha256");
  return s3::Object{state->attributes, state->body,
                    digest != metadata.end() && digest->second != crypto::sha256_hex(state->body)};
}

Result<s3::GetOutcome> MemoryObjectStore::get_version(const s3::ObjectLocation& object,
                                                      const std::string& version_id) {
  const StoreFault fault = begin(StoreOperation::get_version, object);
  if (auto error = refusal(fault, object)) return *std::move(error);
  for (const MemoryState& state : buckets_.states(object)) {
    const std::string& id = state.attributes.version_id;
    if (!id.empty() && id == version_id && !state.is_deletion) {
      return s3::Object{state.attributes, state.body};
    }
  }
  return s3::Absent{};
}

Result<s3::VersionsOutcome> MemoryObjectStore::list_versions(const s3::ObjectLocation& object) {
  const StoreFault fault = begin(StoreOperation::list_versions, object);
  if (auto error = refusal(fault, object)) return *std::move(error);
  std::vector<s3::ObjectVersion> versions;
  const auto& all = buckets_.states(object);
  for (auto state = all.rbegin(); state != all.rend(); ++state) {
    const bool is_latest = versions.empty();
    if (!is_latest && !buckets_.traits().keeps_versions) break;
    if (state->is_deletion && !buckets_.traits().keeps_versions) break;
    const std::string& id = state->attributes.version_id;
    versions.push_back({.version_id = id.empty() ? "null" : id,
                        .last_modified = state->attributes.last_modified,
                        .etag = state->attributes.etag,
                        .size_bytes = state->body.size(),
                        .is_latest = is_latest,
                        .is_deletion = state->is_deletion});
  }
  return s3::VersionsOutcome{std::move(versions)};
}

Result<s3::HeadOutcome> MemoryObjectStore::head(const s3::ObjectLocation& object) {
  const StoreFault fault = begin(StoreOperation::head, object);
  const MemoryState* state = visible(object, fault);
  if (auto denied = denial(fault, object, state)) return *std::move(denied);
  if (auto error = refusal(fault, object)) return *std::move(error);
  if (state == nullptr) return s3::Absent{.is_deletion = is_deleted(buckets_.states(object))};
  return state->attributes;
}

Result<s3::PutOutcome> MemoryObjectStore::put(const s3::ObjectLocation& object,
                                              const s3::PutRequest& request,
                                              const s3::Precondition& precondition) {
  const StoreFault fault = begin(StoreOperation::put, object);
  auto outcome = put_under(fault, object, request, precondition);
  if (fault != StoreFault::request_lost) use_waiting_time(request);
  return outcome;
}

Result<s3::PutOutcome> MemoryObjectStore::put_under(StoreFault fault,
                                                    const s3::ObjectLocation& object,
                                                    const s3::PutRequest& request,
                                                    const s3::Precondition& precondition) {
  if (fault == StoreFault::conflict) {
    const bool is_refused =
        support_of(precondition, buckets_.traits()) == ConditionSupport::refused;
    if (!is_refused && !std::holds_alternative<s3::Unguarded>(precondition)) {
      return s3::PutOutcome{s3::PreconditionFailed{.was_compared = false}};
    }
    fault = StoreFault::none;
  }
  const std::string& only = buckets_.traits().only_writable_key;
  if (!only.empty() && object.key != only) fault = StoreFault::access_denied;
  auto error = error_of(fault);
  if (takes_effect(fault)) {
    if (!buckets_.exists(object.bucket)) return no_such_bucket(object.bucket);
    auto outcome = objection(precondition, buckets_.states(object), buckets_.traits());
    if (!outcome) {
      const auto& state = buckets_.store(object, {.attributes = {.metadata = request.metadata},
                                                  .body = std::string(request.body),
                                                  .device = device_});
      outcome = s3::Stored{state.attributes.etag, state.attributes.version_id};
    }
    if (!error) return *std::move(outcome);
  }
  if (fault == StoreFault::access_denied) {
    return s3::PutOutcome{s3::WriteDenied{*std::move(error)}};
  }
  // Turned away before anything was looked at, which is known.
  if (fault == StoreFault::slow_down || fault == StoreFault::too_many_requests) {
    return *std::move(error);
  }
  return s3::AnswerLost{*std::move(error)};
}

Result<s3::Permission> MemoryObjectStore::remove(const s3::ObjectLocation& object,
                                                 const std::string& version_id) {
  const StoreFault fault = begin(StoreOperation::remove, object);
  if (fault == StoreFault::access_denied) return s3::Permission::denied;
  if (takes_effect(fault) && version_id.empty()) buckets_.remove(object);
  if (auto error = error_of(fault)) return *std::move(error);
  return s3::Permission::granted;
}

Result<base::Done> MemoryObjectStore::create_bucket(const std::string& bucket) {
  const StoreFault fault = begin(StoreOperation::create_bucket, {bucket, ""});
  if (takes_effect(fault)) buckets_.create(bucket);
  if (auto error = error_of(fault)) return *std::move(error);
  return base::Done{};
}

}  // namespace start_claude::support
