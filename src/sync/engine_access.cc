// Credentials that may read and not write: found out by a PUT, remembered until they change.
#include <utility>

#include "crypto/sha256.h"
#include "sync/creation_guard.h"
#include "sync/engine.h"

namespace start_claude::sync {
namespace {

Error may_only_read(const Error& refusal) {
  return {
      ErrorKind::access_denied, refusal.message + "; nothing was uploaded",
      "the key may read it and needs s3:PutObject; to only download here: s3-setup --read-only"};
}

}  // namespace

std::string Engine::signer_mark() const {
  const std::string who = options_.signer ? options_.signer() : std::string();
  constexpr std::size_t digits = 16;
  return who.empty() ? who : crypto::sha256_hex(who + '\n' + location_.key).substr(0, digits);
}

void Engine::choose_access(const RunRequest& request) {
  access_ = options_.access;
  is_write_denied_ = access_ == resolve::Access::read_write &&
                     request.direction == resolve::Direction::both && !request.doubts_denial &&
                     !write_denied_to_.empty() && write_denied_to_ == signer_mark();
  if (is_write_denied_) access_ = resolve::Access::read_only;
}

bool Engine::may_create_unread(const RunRequest& request, const LocalCopy& local) {
  const bool is_first = remembered().ancestor.empty() || request.force == resolve::Force::yes;
  const bool has_content = local.document && local.entries > 0;
  if (!is_first || !has_content || request.direction == resolve::Direction::down ||
      request.occasion == resolve::Occasion::manager_opening ||
      access_ != resolve::Access::read_write) {
    return false;
  }
  const bool is_measured = writer_.traits().if_none_match != Verdict::unknown;
  if (!is_measured && !store_.promises_if_none_match() && !request.dry_run) {
    writer_.set_traits(measured_beside(store_, random_, location_, writer_.traits()));
    // Losing it costs the next run a measurement.
    (void)save_state();
  }
  return guards_creation(writer_.traits(), store_);
}

Result<base::Done> Engine::go_on_without_writing(const RunRequest& request) {
  const Error refusal = *write_refusal_;
  auto there = store_.get(location_, std::nullopt);
  if (!there) return std::move(there).error();
  if (std::holds_alternative<s3::ReadDenied>(*there)) return refusal;
  write_denied_to_ = signer_mark();
  // Losing it costs the next run a PUT.
  (void)record_end();
  if (request.direction == resolve::Direction::up) return may_only_read(refusal);
  access_ = resolve::Access::read_only;
  is_write_denied_ = true;
  already_read_ = *std::move(there);
  return base::Done{};
}

}  // namespace start_claude::sync
