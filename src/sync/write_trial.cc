#include "sync/write_trial.h"

#include <utility>
#include <variant>

#include "crypto/sha256.h"
#include "sync/remote_writer.h"

namespace start_claude::sync {
namespace {

constexpr std::string_view scratch_text =
    "{\"note\": \"start-claude tried out what it may write here; may be deleted\"}\n";

class Trial {
 public:
  Trial(s3::ObjectStore& store, platform::Random& random, const TrialSubject& subject)
      : store_(store), subject_(subject), scratch_(subject.object) {
    const auto unique = crypto::sha256_hex(std::to_string(random.next()));
    scratch_.key += ".doctor-" + unique.substr(0, 8);
    trial_.scratch_key = scratch_.key;
  }

  Result<WriteTrial> run() {
    auto stored = put(s3::IfAbsent{});
    if (stored && std::holds_alternative<s3::ConditionNotSupported>(*stored)) {
      trial_.if_none_match = Verdict::refused;
      if (subject_.only_conditions) return std::move(trial_);
      stored = put(s3::Unguarded{"this store refuses If-None-Match"});
    }
    if (!stored) return std::move(stored).error();
    if (std::holds_alternative<s3::WriteDenied>(*stored)) return try_own_object();
    if (const auto* lost = std::get_if<s3::AnswerLost>(&*stored)) return lost->error;
    trial_.outcome = WriteTrial::Outcome::allowed;
    trial_.is_left_behind = true;
    if (const auto* written = std::get_if<s3::Stored>(&*stored)) remember(*written);
    measure();
    if (!subject_.only_conditions) {
      const auto read = store_.get(scratch_, std::nullopt);
      trial_.is_readable = read && std::holds_alternative<s3::Object>(*read);
    }
    clean_up();
    return std::move(trial_);
  }

 private:
  Result<s3::PutOutcome> put(const s3::Precondition& precondition) {
    return store_.put(scratch_, {.body = std::string(scratch_text), .metadata = {}}, precondition);
  }

  void remember(const s3::Stored& written) {
    if (!written.version_id.empty()) versions_.push_back(written.version_id);
  }

  Verdict measure_one(const s3::Precondition& must_fail) {
    auto outcome = put(must_fail);
    if (!outcome) return Verdict::unknown;
    if (const auto* written = std::get_if<s3::Stored>(&*outcome)) remember(*written);
    return verdict_of(*outcome);
  }

  void measure() {
    if (trial_.if_none_match == Verdict::unknown) {
      trial_.if_none_match = measure_one(s3::IfAbsent{});
    }
    trial_.if_match = measure_one(s3::IfMatch{{std::string(impossible_etag)}});
  }

  /// A bucket with versions keeps what is deleted, unless each version is.
  void clean_up() {
    const auto removed = store_.remove(scratch_, "");
    trial_.remove = removed ? *removed : s3::Permission::unknown;
    if (trial_.remove != s3::Permission::granted) return;
    trial_.is_left_behind = false;
    for (const std::string& version : versions_) {
      const auto gone = store_.remove(scratch_, version);
      if (!gone || *gone != s3::Permission::granted) trial_.is_left_behind = true;
    }
  }

  /// The least a key can be allowed, and the most it needs.
  Result<WriteTrial> try_own_object() {
    trial_.scratch_key.clear();
    trial_.outcome = WriteTrial::Outcome::unknown;
    if (!subject_.current || subject_.if_none_match != Verdict::honoured) return std::move(trial_);
    const s3::Object& current = *subject_.current;
    auto outcome =
        store_.put(subject_.object, {.body = current.body, .metadata = current.attributes.metadata},
                   s3::IfAbsent{});
    if (!outcome) return std::move(outcome).error();
    if (std::holds_alternative<s3::WriteDenied>(*outcome)) {
      trial_.outcome = WriteTrial::Outcome::denied;
      return std::move(trial_);
    }
    trial_.if_none_match = verdict_of(*outcome);
    if (trial_.if_none_match == Verdict::honoured) {
      trial_.outcome = WriteTrial::Outcome::allowed_here_only;
    }
    return std::move(trial_);
  }

  s3::ObjectStore& store_;
  const TrialSubject& subject_;
  s3::ObjectLocation scratch_;
  std::vector<std::string> versions_;
  WriteTrial trial_;
};

}  // namespace

Result<WriteTrial> try_writing(s3::ObjectStore& store, platform::Random& random,
                               const TrialSubject& subject) {
  return Trial(store, random, subject).run();
}

}  // namespace start_claude::sync
