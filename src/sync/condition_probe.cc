#include "sync/condition_probe.h"

#include <string>
#include <string_view>
#include <variant>

namespace start_claude::sync {
namespace {

/// The MD5 of nothing anybody stores: no object has this ETag, so If-Match on it must fail.
constexpr std::string_view impossible_etag = "\"00000000000000000000000000000000\"";

}  // namespace

Verdict verdict_of(const s3::PutOutcome& outcome) {
  if (std::holds_alternative<s3::Stored>(outcome)) return Verdict::ignored;
  if (std::holds_alternative<s3::ConditionNotSupported>(outcome)) return Verdict::refused;
  const auto* failed = std::get_if<s3::PreconditionFailed>(&outcome);
  return failed != nullptr && failed->was_compared ? Verdict::honoured : Verdict::unknown;
}

ConditionVerdicts probe_conditions(ConditionVerdicts known, const PutAgain& put_again) {
  const auto measure = [&](Verdict& verdict, const s3::Precondition& must_fail) {
    if (verdict != Verdict::unknown) return;
    const auto outcome = put_again(must_fail);
    if (outcome) verdict = verdict_of(*outcome);
  };
  measure(known.if_match, s3::IfMatch{{std::string(impossible_etag)}});
  measure(known.if_none_match, s3::IfAbsent{});
  return known;
}

}  // namespace start_claude::sync
