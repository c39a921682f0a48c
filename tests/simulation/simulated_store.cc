#include "simulation/simulated_store.h"

#include <algorithm>
#include <utility>

#include "support/sync_device.h"
#include "support/waiting_time.h"
#include "sync/clock.h"
#include "sync/object_metadata.h"

namespace start_claude::simulation {
namespace {

const Error timed_out{ErrorKind::unreachable, "the request timed out"};

}  // namespace

bool SimulatedStore::is_honoured(const s3::Precondition& precondition) const {
  const support::MemoryTraits& traits = buckets_.traits();
  if (std::holds_alternative<s3::Unguarded>(precondition)) return false;
  const bool creates = std::holds_alternative<s3::IfAbsent>(precondition);
  return (creates ? traits.if_none_match : traits.if_match) == support::ConditionSupport::honoured;
}

Result<s3::GetOutcome> SimulatedStore::get(const s3::ObjectLocation& object,
                                           const std::optional<s3::ETag>& if_none_match) {
  auto outcome = inner_->get(object, if_none_match);
  if (object != support::device_object) return outcome;
  states_at_read_ = buckets_.states(object).size();
  const auto* shown = outcome ? std::get_if<s3::Object>(&*outcome) : nullptr;
  const auto* current = buckets_.find(object);
  const bool is_absent = outcome && std::holds_alternative<s3::Absent>(*outcome);
  const bool is_unchanged = outcome && std::holds_alternative<s3::NotModified>(*outcome);
  was_stale_ =
      current != nullptr && (is_absent || (shown != nullptr && shown->body != current->body) ||
                             (is_unchanged && current->attributes.etag.raw != if_none_match->raw));
  was_told_ = outcome && !std::holds_alternative<s3::ReadDenied>(*outcome);
  hooks.before_answer();
  if (!outcome && mistake == Mistake::failed_get_is_absent) return s3::Absent{};
  const bool is_denied = outcome && std::holds_alternative<s3::ReadDenied>(*outcome);
  if (is_denied && mistake == Mistake::denied_get_is_absent) return s3::Absent{};
  if (auto* found = outcome ? std::get_if<s3::Object>(&*outcome) : nullptr) {
    misread(found->attributes.metadata);
  }
  return outcome;
}

void SimulatedStore::misread(s3::Metadata& metadata) const {
  if (mistake == Mistake::clock_ignored) metadata.erase("clock");
  if (mistake != Mistake::newest_base) return;
  sync::VersionVector all;
  for (const auto& state : buckets_.states(support::device_object)) {
    all = sync::join(all, sync::parse_object_metadata(state.attributes.metadata).clock);
  }
  if (!all.empty()) metadata["clock"] = sync::format_clock(all);
}

void SimulatedStore::miswrite(s3::Metadata& metadata) const {
  const bool drops_others = mistake == Mistake::clock_not_joined;
  const bool drops_last = mistake == Mistake::clock_cut_in_secret;
  if (!drops_others && !drops_last) return;
  sync::VersionVector clock = sync::parse_object_metadata(metadata).clock;
  const std::size_t kept = drops_others ? 1 : std::max<std::size_t>(clock.entries.size(), 2) - 1;
  if (clock.entries.size() > kept) clock.entries.resize(kept);
  metadata["clock"] = sync::format_clock(clock);
}

void SimulatedStore::run_begins(const s3::ObjectLocation& object) {
  was_told_ = false;
  states_at_run_begin_ = buckets_.states(object).size();
}

bool SimulatedStore::is_measuring(const s3::ObjectLocation& object,
                                  const s3::Precondition& precondition) const {
  const auto* match = std::get_if<s3::IfMatch>(&precondition);
  if (match != nullptr) return match->etag.raw.starts_with("\"0000");
  return std::holds_alternative<s3::IfAbsent>(precondition) && buckets_.find(object) != nullptr;
}

s3::Precondition SimulatedStore::mistaken(const s3::ObjectLocation& object,
                                          const s3::Precondition& precondition) const {
  const auto* match = std::get_if<s3::IfMatch>(&precondition);
  const auto* current = buckets_.find(object);
  // The measuring PUTs must go on to be refused, or the engine would know.
  if (match == nullptr || is_measuring(object, precondition) || current == nullptr) {
    return precondition;
  }
  if (mistake == Mistake::condition_dropped) return s3::Unguarded{"forgotten"};
  if (mistake == Mistake::stale_etag) return s3::IfMatch{current->attributes.etag};
  return precondition;
}

Result<s3::PutOutcome> SimulatedStore::store(const s3::ObjectLocation& object,
                                             const s3::PutRequest& request,
                                             const s3::Precondition& precondition) {
  const std::size_t states = buckets_.states(object).size();
  try {
    auto outcome = inner_->put(object, request, precondition);
    look_for_overwritten(object, request, states);
    return outcome;
  } catch (...) {
    // Cut off before it had the answer.
    look_for_overwritten(object, request, states);
    throw;
  }
}

void SimulatedStore::look_for_overwritten(const s3::ObjectLocation& object,
                                          const s3::PutRequest& request, std::size_t states) {
  // Anything may have run between the call and its effect, and a client that tries again takes
  // time.
  const auto& all = buckets_.states(object);
  const auto stored = std::find_if(
      all.begin() + static_cast<std::ptrdiff_t>(states), all.end(),
      [&](const auto& state) { return state.device == device_ && state.body == request.body; });
  if (stored == all.end()) return;
  const auto own = static_cast<std::size_t>(stored - all.begin());
  // What lies between was seen by nobody, at least not by this device. What was there when the run
  // began it could have read.
  const std::size_t first_unread = was_stale_ ? 0 : std::max(states_at_read_, states_at_run_begin_);
  for (std::size_t i = first_unread; i < own; ++i) hooks.overwrote_unread(all[i].body);
  states_at_read_ = own + 1;
  was_told_ = true;
  was_stale_ = false;
}

Result<s3::PutOutcome> SimulatedStore::deliver(const s3::ObjectLocation& object,
                                               const s3::PutRequest& request,
                                               const s3::Precondition& precondition) {
  const bool is_create = std::holds_alternative<s3::IfAbsent>(precondition);
  if (!creates_without_atomicity || !is_create) return store(object, request, precondition);
  if (buckets_.find(object) != nullptr) return s3::PutOutcome{s3::PreconditionFailed{}};
  hooks.before_answer();
  return store(object, request, s3::Unguarded{"looked at before"});
}

Result<s3::PutOutcome> SimulatedStore::put(const s3::ObjectLocation& object,
                                           const s3::PutRequest& asked,
                                           const s3::Precondition& asked_precondition) {
  // What is tried out beside our object matters by what it tells only.
  if (object != support::device_object) return inner_->put(object, asked, asked_precondition);
  s3::PutRequest request = asked;
  std::string with_secrets;
  if (mistake == Mistake::secrets_uploaded) {
    with_secrets = hooks.local_text();
    request.body = with_secrets;
  }
  miswrite(request.metadata);
  hooks.before_put(request);
  if (mistake == Mistake::condition_mismeasured && is_measuring(object, asked_precondition)) {
    return s3::PutOutcome{s3::PreconditionFailed{}};
  }
  const s3::Precondition precondition = mistaken(object, asked_precondition);
  if (!was_told_ && !is_honoured(precondition)) hooks.put_unread();
  std::optional<Result<s3::PutOutcome>> answer;
  switch (hooks.put_fault()) {
    case PutFault::none: break;
    case PutFault::refused_once:
      if (!is_honoured(precondition)) break;
      support::use_waiting_time(request);
      return s3::PutOutcome{s3::PreconditionFailed{}};
    case PutFault::delivered_twice: {
      auto first = deliver(object, request, precondition);
      hooks.before_answer();
      request.while_awaited = nullptr;
      auto second = deliver(object, request, precondition);
      if (!first || !second || std::holds_alternative<s3::Stored>(*second)) return second;
      if (std::holds_alternative<s3::ConditionNotSupported>(*second)) return second;
      const bool refused = std::holds_alternative<s3::PreconditionFailed>(*second);
      if (refused && std::holds_alternative<s3::PreconditionFailed>(*first)) return first;
      return s3::PutOutcome{s3::AnswerLost{timed_out, refused}};
    }
    case PutFault::delivered_late:
      hooks.postpone({std::string(request.body), request.metadata, precondition});
      support::use_waiting_time(request);
      answer = s3::PutOutcome{s3::AnswerLost{timed_out}};
      break;
  }
  auto outcome = answer ? *std::move(answer) : deliver(object, request, precondition);
  hooks.before_answer();
  const bool takes_for_success =
      outcome && ((mistake == Mistake::lost_race_overlooked &&
                   std::holds_alternative<s3::PreconditionFailed>(*outcome)) ||
                  (mistake == Mistake::lost_answer_is_success &&
                   std::holds_alternative<s3::AnswerLost>(*outcome)));
  const auto* match = std::get_if<s3::IfMatch>(&asked_precondition);
  if (takes_for_success && match != nullptr && !is_measuring(object, asked_precondition)) {
    return s3::PutOutcome{s3::Stored{match->etag, ""}};
  }
  return outcome;
}

}  // namespace start_claude::simulation
