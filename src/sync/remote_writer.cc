#include "sync/remote_writer.h"

#include <utility>

#include "crypto/sha256.h"
#include "sync/condition_probe.h"
#include "sync/creation_guard.h"
#include "sync/object_metadata.h"

namespace start_claude::sync {
namespace {

/// So often in one run a store that honoured conditions must look as if it did not, to be believed.
constexpr int unsupported_max = 4;

/// Whether the object is still what `outgoing` was made to replace.
bool is_unchanged(const Outgoing& outgoing, const s3::GetOutcome& now_there) {
  if (!outgoing.replaces) return std::holds_alternative<s3::Absent>(now_there);
  const auto* object = std::get_if<s3::Object>(&now_there);
  if (object == nullptr) return std::holds_alternative<s3::NotModified>(now_there);
  // A store with weak ETags, or none, never says "not modified": the bytes say it.
  const bool is_same_etag =
      outgoing.replaces->can_be_condition() && object->attributes.etag == *outgoing.replaces;
  return is_same_etag || object->body == outgoing.replaced_text;
}

}  // namespace

RemoteWriter::RemoteWriter(s3::ObjectStore& store, const platform::Clock& clock,
                           s3::ObjectLocation location, std::string host_name)
    : store_(store),
      clock_(clock),
      location_(std::move(location)),
      host_name_(std::move(host_name)) {}

s3::Precondition RemoteWriter::precondition_for(const Outgoing& outgoing) const {
  if (!outgoing.replaces) {
    if (traits_.if_none_match == Verdict::refused) {
      return s3::Unguarded{"this store refuses If-None-Match"};
    }
    return s3::IfAbsent{};
  }
  if (!outgoing.replaces->can_be_condition()) return s3::Unguarded{"no strong ETag to match"};
  if (traits_.if_match == Verdict::refused) return s3::Unguarded{"this store refuses If-Match"};
  // An ignored condition costs nothing, and guards again on the day the store learns it.
  return s3::IfMatch{*outgoing.replaces};
}

Verdict RemoteWriter::verdict_for(const s3::Precondition& precondition) const {
  if (std::holds_alternative<s3::IfAbsent>(precondition)) return traits_.if_none_match;
  if (std::holds_alternative<s3::IfMatch>(precondition)) return traits_.if_match;
  return Verdict::refused;
}

Result<s3::PutOutcome> RemoteWriter::put(const Outgoing& outgoing,
                                         const s3::Precondition& precondition) {
  s3::PutRequest request{
      .body = outgoing.text,
      .metadata = format_object_metadata({.local_modified = outgoing.modified,
                                          .upload_timestamp = clock_.now(),
                                          .config_version = outgoing.schema_version,
                                          .content_sha256 = crypto::sha256_hex(outgoing.text),
                                          .writer = host_name_,
                                          .clock = outgoing.clock})};
  if (outgoing.while_awaited && !was_awaited_) {
    request.while_awaited = [&] {
      was_awaited_ = true;
      outgoing.while_awaited();
    };
  }
  return store_.put(location_, request, precondition);
}

Result<WriteOutcome> RemoteWriter::settle_lost(const Outgoing& outgoing,
                                               const s3::AnswerLost& lost) {
  auto there = store_.get(location_, std::nullopt);
  if (!there) return std::move(there).error();
  const auto* object = std::get_if<s3::Object>(&*there);
  if (object != nullptr && object->body == outgoing.text) {
    // The same bytes by another writer are not our write: it may have seen less.
    const ObjectMetadata metadata = parse_object_metadata(object->attributes.metadata);
    if (metadata.clock == outgoing.clock) return Written{object->attributes.etag};
  }
  // Somebody wrote meanwhile. Swift drops what a later write overtook, and its answer is no ETag.
  const bool is_known = object != nullptr ? !object->contradicts_checksum
                                          : std::holds_alternative<s3::Absent>(*there);
  const bool is_overtaken = is_known && !outgoing.read_denied && !is_unchanged(outgoing, *there);
  if (lost.condition_failed || is_overtaken) return Raced{.may_be_stored = true};
  return lost.error;
}

Result<WriteOutcome> RemoteWriter::settle(const Outgoing& outgoing, const s3::PutOutcome& outcome) {
  if (const auto* stored = std::get_if<s3::Stored>(&outcome)) return Written{stored->etag};
  if (const auto* lost = std::get_if<s3::AnswerLost>(&outcome)) return settle_lost(outgoing, *lost);
  if (const auto* denied = std::get_if<s3::WriteDenied>(&outcome)) return Denied{denied->error};
  return Raced{};
}

Result<WriteOutcome> RemoteWriter::write_unguarded(const Outgoing& outgoing,
                                                   const std::string& why) {
  needs_read_back_ = true;
  auto outcome = put(outgoing, s3::Unguarded{why});
  if (!outcome) return std::move(outcome).error();
  return settle(outgoing, *outcome);
}

Result<WriteOutcome> RemoteWriter::write_unread(const Outgoing& outgoing) {
  if (!guards_creation(traits_, store_)) return *outgoing.read_denied;
  const s3::Precondition precondition = s3::IfAbsent{};
  auto outcome = put(outgoing, precondition);
  if (!outcome) return std::move(outcome).error();
  if (std::holds_alternative<s3::ConditionNotSupported>(*outcome)) {
    traits_.if_none_match = Verdict::refused;
    return *outgoing.read_denied;
  }
  auto written = settle(outgoing, *outcome);
  // An object is there, and what it holds this run may not know.
  if (written && std::holds_alternative<Raced>(*written)) return *outgoing.read_denied;
  return measured(outgoing, precondition, std::move(written));
}

Result<WriteOutcome> RemoteWriter::without_condition(const Outgoing& outgoing,
                                                     const s3::Precondition& refused) {
  const bool was_create = std::holds_alternative<s3::IfAbsent>(refused);
  Verdict& verdict = was_create ? traits_.if_none_match : traits_.if_match;
  const Verdict known = std::exchange(verdict, Verdict::refused);
  // The condition was to stand in for a reading: read first.
  if (!outgoing.was_read) return Raced{};
  // What it makes of the other condition is measured now, so that it can be said at once.
  auto written = write_unguarded(outgoing, "this store refuses conditions");
  // Refused without a condition, too: it was about something else.
  if (!written) verdict = known;
  return measured(outgoing, refused, std::move(written));
}

bool RemoteWriter::is_newest_a_deletion() {
  const auto there = store_.get(location_, std::nullopt);
  const auto* absent = there ? std::get_if<s3::Absent>(&*there) : nullptr;
  if (absent == nullptr || absent->is_deletion) return absent != nullptr;
  const auto listed = store_.list_versions(location_);
  const auto* versions = listed ? std::get_if<std::vector<s3::ObjectVersion>>(&*listed) : nullptr;
  return versions != nullptr && !versions->empty() && versions->front().is_latest &&
         versions->front().is_deletion;
}

Result<WriteOutcome> RemoteWriter::write(const Outgoing& outgoing) {
  needs_read_back_ = false;
  was_awaited_ = false;
  if (outgoing.read_denied) return write_unread(outgoing);
  const s3::Precondition precondition = precondition_for(outgoing);
  const Verdict verdict = verdict_for(precondition);
  needs_read_back_ = verdict == Verdict::ignored || verdict == Verdict::refused;
  if (needs_read_back_ && outgoing.is_read_stale) {
    auto now_there = store_.get(location_, outgoing.replaces);
    if (!now_there) return std::move(now_there).error();
    if (!is_unchanged(outgoing, *now_there)) return Raced{};
  }
  if (const auto* unguarded = std::get_if<s3::Unguarded>(&precondition)) {
    return write_unguarded(outgoing, unguarded->reason);
  }
  auto outcome = put(outgoing, precondition);
  if (!outcome) return std::move(outcome).error();
  if (std::holds_alternative<s3::ConditionNotSupported>(*outcome)) {
    // Ceph refuses a PUT while it takes another, and looks then as if it knew no condition.
    if (verdict == Verdict::honoured && ++unsupported_ < unsupported_max) return Raced{};
    return without_condition(outgoing, precondition);
  }
  // Ceph and MinIO: with a delete marker on top "there is none" never holds (Ceph's s3-tests 663).
  const auto* failed = std::get_if<s3::PreconditionFailed>(&*outcome);
  const bool is_refused_create = failed != nullptr && failed->was_compared && !outgoing.replaces;
  // A lost race has measured it: one PUT less later, in everybody's way.
  if (failed != nullptr && failed->was_compared && outgoing.replaces) {
    traits_.if_match = Verdict::honoured;
  }
  if (is_refused_create && is_newest_a_deletion()) {
    auto written = write_unguarded(outgoing, "the newest version is a deletion");
    // Every later write is guarded again; a rival in this moment shows by its clock.
    needs_read_back_ = false;
    return written;
  }
  return measured(outgoing, precondition, settle(outgoing, *outcome));
}

Result<WriteOutcome> RemoteWriter::measured(const Outgoing& outgoing,
                                            const s3::Precondition& precondition,
                                            Result<WriteOutcome> written) {
  if (!written || !std::holds_alternative<Written>(*written)) return written;
  if (traits_.if_match == Verdict::unknown || traits_.if_none_match == Verdict::unknown) {
    std::get<Written>(*written).etag = measure(outgoing, std::get<Written>(*written).etag);
    needs_read_back_ = verdict_for(precondition) != Verdict::honoured;
  }
  return written;
}

s3::ETag RemoteWriter::measure(const Outgoing& outgoing, s3::ETag etag) {
  const auto put_again = [&](const s3::Precondition& must_fail) {
    auto outcome = put(outgoing, must_fail);
    const auto* stored = outcome ? std::get_if<s3::Stored>(&*outcome) : nullptr;
    if (stored != nullptr) etag = stored->etag;
    return outcome;
  };
  const ConditionVerdicts verdicts =
      probe_conditions({traits_.if_match, traits_.if_none_match}, put_again);
  traits_.if_match = verdicts.if_match;
  traits_.if_none_match = verdicts.if_none_match;
  return etag;
}

}  // namespace start_claude::sync
