#include "ui/store_findings.h"

#include "base/text.h"

namespace start_claude::ui {
namespace {

Finding not_tried(std::string_view check, std::string text) {
  return {.check = check, .grade = Grade::not_tried, .text = std::move(text)};
}

std::string_view word_for(sync::Verdict verdict) {
  switch (verdict) {
    case sync::Verdict::unknown: return "not measured";
    case sync::Verdict::honoured: return "honoured";
    case sync::Verdict::ignored: return "ignored";
    case sync::Verdict::refused: return "refused";
  }
  return "not measured";
}

/// "a, b and c"
std::string joined_with_and(const std::vector<std::string>& parts) {
  const std::vector<std::string> front(parts.begin(), parts.end() - 1);
  return front.empty() ? parts.back() : base::join(front, ", ") + " and " + parts.back();
}

const char* const policy_fix = "give it what start-claude s3-doctor --policy prints";

}  // namespace

Finding bucket_finding(const BucketFacts& facts, const Result<s3::GetOutcome>& read) {
  constexpr std::string_view check = "bucket";
  if (!read && read.error().kind == ErrorKind::no_such_bucket) {
    return finding_from(check, read.error());
  }
  // What is stored there may be broken; that somebody answered for the bucket is all this is about.
  if (!read && read.error().kind != ErrorKind::invalid_data) {
    return not_tried(check, "no answer about " + facts.bucket);
  }
  if (facts.region != facts.configured_region) {
    return {.check = check,
            .grade = Grade::warning,
            .text = facts.bucket + " is in " + facts.region + ", not " + facts.configured_region,
            .fix = "start-claude s3-setup --region " + facts.region};
  }
  Finding finding{.check = check, .text = facts.bucket + ", in " + facts.region};
  if (!facts.product.empty()) finding.text += ", on " + std::string(facts.product);
  return finding;
}

Finding read_finding(const Result<s3::GetOutcome>& read,
                     const std::optional<sync::RemoteCopy>& copy) {
  constexpr std::string_view check = "read";
  if (!read && read.error().kind == ErrorKind::no_such_bucket) {
    return not_tried(check, "there is no bucket to read from");
  }
  if (!read) return finding_from(check, read.error());
  if (std::holds_alternative<s3::Absent>(*read)) {
    return {.check = check, .text = "allowed; nothing is stored there yet"};
  }
  if (const auto* denied = std::get_if<s3::ReadDenied>(&*read)) {
    return {.check = check,
            .grade = Grade::warning,
            .text = denied->error.message +
                    "; or nothing is stored there yet, which the key may not see",
            .fix = "the key needs s3:GetObject on this object"};
  }
  if (!copy) return {.check = check, .text = "allowed"};
  if (!copy->document) {
    return {.check = check,
            .grade = Grade::failure,
            .text = "what is stored there " + copy->damage,
            .fix = "repair it from here: start-claude s3-upload --force",
            .kind = ErrorKind::invalid_data};
  }
  Finding finding{.check = check, .text = base::count_of(copy->profiles, "configuration")};
  if (!copy->writer.empty()) finding.text += ", by " + base::printable(copy->writer);
  if (copy->had_s3_sync) {
    finding.grade = Grade::warning;
    finding.text += ", with somebody's settings.s3Sync and its credentials";
    finding.fix = "rotate that access key; the next upload from here leaves it out";
  }
  return finding;
}

Finding write_finding(const WriteFacts& facts) {
  constexpr std::string_view check = "write";
  if (!facts) return not_tried(check, "only with --write");
  if (!*facts) return finding_from(check, facts->error());
  const sync::WriteTrial& trial = **facts;
  switch (trial.outcome) {
    case sync::WriteTrial::Outcome::denied:
      return {.check = check,
              .grade = Grade::failure,
              .text = "denied: this key may only read, so changes from here are not uploaded",
              .fix = "a key that has s3:PutObject on this object, or use s3-download alone",
              .kind = ErrorKind::access_denied};
    case sync::WriteTrial::Outcome::allowed_here_only:
      return {.check = check, .text = "allowed for this object and not beside it"};
    case sync::WriteTrial::Outcome::unknown:
      return {.check = check,
              .grade = Grade::warning,
              .text = "denied beside the object, which is right for a key of this object alone",
              .fix = "start-claude s3-upload shows whether the object itself may be written"};
    case sync::WriteTrial::Outcome::allowed: break;
  }
  Finding finding{.check = check, .text = "allowed"};
  const std::string scratch = base::printable(trial.scratch_key);
  if (!trial.is_readable) {
    finding.grade = Grade::warning;
    finding.text += ", but what was written cannot be read: other machines' changes never arrive";
    finding.fix = "the key needs s3:GetObject, too";
  } else if (trial.is_left_behind) {
    finding.grade = Grade::warning;
    finding.text += trial.remove == s3::Permission::granted
                        ? "; the bucket keeps a version of the trial object " + scratch
                        : "; the trial object " + scratch + " could not be removed";
    finding.fix = "delete it with another key, or leave it: it holds nothing";
  }
  return finding;
}

Finding conditional_writes_finding(const WriteFacts& facts, const sync::StoreTraits& remembered) {
  constexpr std::string_view check = "conditional writes";
  sync::Verdict match = remembered.if_match;
  sync::Verdict none_match = remembered.if_none_match;
  if (facts && *facts) {
    const sync::WriteTrial& trial = **facts;
    if (trial.if_match != sync::Verdict::unknown) match = trial.if_match;
    if (trial.if_none_match != sync::Verdict::unknown) none_match = trial.if_none_match;
  }
  if (match == sync::Verdict::unknown && none_match == sync::Verdict::unknown) {
    return not_tried(check, "measured at the first upload, or with --write");
  }
  std::string text = "If-Match " + std::string(word_for(match)) + ", If-None-Match " +
                     std::string(word_for(none_match));
  const auto works = [](sync::Verdict verdict) { return verdict == sync::Verdict::honoured; };
  if (works(match) && works(none_match)) return {.check = check, .text = "honoured"};
  const auto fails = [](sync::Verdict verdict) {
    return verdict == sync::Verdict::ignored || verdict == sync::Verdict::refused;
  };
  if (!fails(match) && !fails(none_match)) return {.check = check, .text = std::move(text)};
  return {.check = check,
          .grade = Grade::warning,
          .text = text + ": two uploads at the same moment are found at the next sync, and merged",
          .fix = "a service that honours them, or never two uploads in the same second"};
}

Finding versioning_finding(s3::Versioning versioning, const Result<s3::VersionsOutcome>& versions) {
  constexpr std::string_view check = "versioning";
  const bool may_list =
      versions && std::holds_alternative<std::vector<s3::ObjectVersion>>(*versions);
  std::size_t count = 0;
  if (may_list) count = std::get<std::vector<s3::ObjectVersion>>(*versions).size();
  switch (versioning) {
    case s3::Versioning::off:
      return {.check = check, .text = "off: earlier copies are only in each machine's history"};
    case s3::Versioning::suspended:
    case s3::Versioning::enabled: break;
    case s3::Versioning::unknown:
      if (count > 1) break;
      return not_tried(check, "the key may not see whether the bucket keeps versions");
  }
  const char* state = versioning == s3::Versioning::suspended ? "suspended" : "on";
  if (may_list) {
    return {.check = check,
            .text = std::string(state) + ", " + base::count_of(count, "version") + " of this file"};
  }
  return {.check = check,
          .text = std::string(state) + ", but the key may not list versions for s3-history",
          .fix = "if wanted: s3:ListBucketVersions on the bucket, s3:GetObjectVersion on the file"};
}

Finding permissions_finding(const PermissionFacts& facts) {
  constexpr std::string_view check = "permissions";
  std::vector<std::string> beyond;
  if (facts.remove == s3::Permission::granted) beyond.emplace_back("delete");
  if (facts.list_objects == s3::Permission::granted) beyond.emplace_back("list the bucket");
  if (facts.list_buckets == s3::Permission::granted) beyond.emplace_back("list all buckets");
  const std::string untried = facts.remove ? "" : " (deleting is tried only with --write)";
  if (beyond.empty()) {
    const bool is_known = facts.list_objects == s3::Permission::denied;
    if (!is_known) return not_tried(check, "this store does not say what else the key may do");
    return {.check = check, .text = "no more than needed, as far as it shows" + untried};
  }
  return {.check = check,
          .grade = Grade::warning,
          .text = "the key may " + joined_with_and(beyond) + ": not needed" + untried,
          .fix = policy_fix};
}

}  // namespace start_claude::ui
