// Credentials that may read and not write: found out by a PUT, remembered until they change.
#include <utility>

#include "crypto/sha256.h"
#include "sync/engine.h"

namespace start_claude::sync {
namespace {

Error may_only_read(const s3::ObjectLocation& location) {
  return {ErrorKind::access_denied,
          "this key may read " + location.text() + " but not write it; nothing was uploaded",
          "it needs s3:PutObject on this object; to only download here: s3-setup --read-only"};
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

Result<base::Done> Engine::settle_denial(const RunRequest& request) {
  const Error refusal = *std::exchange(refused_put_, std::nullopt);
  auto there = store_.get(location_, std::nullopt);
  if (!there) return std::move(there).error();
  const auto* absent = std::get_if<s3::Absent>(&*there);
  if (absent != nullptr && absent->uncertain) return refusal;
  write_denied_to_ = signer_mark();
  note_store();
  // Losing it costs the next run a PUT.
  (void)state_.save(files_, random_);
  if (request.direction == resolve::Direction::up) return may_only_read(location_);
  access_ = resolve::Access::read_only;
  is_write_denied_ = true;
  already_read_ = *std::move(there);
  return base::Done{};
}

}  // namespace start_claude::sync
