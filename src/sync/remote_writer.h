// Writing the remote so that no rival write is lost unseen.
//
// Where the store honours conditions every PUT carries one. Whether it does is measured right after
// the first real PUT, by putting the same body under conditions that must fail. Where it does not,
// the caller reads back (`needs_read_back`) and the clocks show what was overwritten.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "base/shared_text.h"
#include "base/time.h"
#include "platform/clock.h"
#include "s3/object_store.h"
#include "sync/state.h"

namespace start_claude::sync {

/// A content on its way out.
struct Outgoing {
  base::SharedText text;
  std::string revision;
  VersionVector clock;
  /// When it was edited, on the server's clock; nothing if nobody can vouch for it.
  std::optional<UtcTime> modified;
  int schema_version = 1;
  /// The state it replaces; nothing if there is no object.
  std::optional<s3::ETag> replaces = {};
  /// The bytes of that state, for stores whose ETags cannot tell.
  std::string_view replaced_text = {};
  /// Time has passed since `replaces` was read (a person was asked).
  bool is_read_stale = false;
  /// False: nobody asked the store in this run. Then nothing but a condition may guard the write.
  bool was_read = true;
  /// The read was denied with this. Then only a condition that is known to be honoured may.
  std::optional<Error> read_denied = {};
  /// As s3::PutRequest's: once at most for one write(), however many PUTs that takes.
  std::function<void()> while_awaited = {};
};

struct Written {
  s3::ETag etag;
};
/// Another writer was first: nothing of ours is there. Read again.
struct Raced {
  /// It may have been stored all the same, and written over by the time anybody looked.
  bool may_be_stored = false;
};
/// These credentials may not write the object.
struct Denied {
  Error error;
};
using WriteOutcome = std::variant<Written, Raced, Denied>;

class RemoteWriter {
 public:
  RemoteWriter(s3::ObjectStore& store, const platform::Clock& clock, s3::ObjectLocation location,
               std::string host_name);

  Result<WriteOutcome> write(const Outgoing& outgoing);

  /// True after a write whose condition, if any, the store does not honour: only reading tells
  /// whether it is still there.
  bool needs_read_back() const { return needs_read_back_; }

  void set_traits(StoreTraits traits) { traits_ = std::move(traits); }
  const StoreTraits& traits() const { return traits_; }

 private:
  s3::Precondition precondition_for(const Outgoing& outgoing) const;
  Verdict verdict_for(const s3::Precondition& precondition) const;
  Result<s3::PutOutcome> put(const Outgoing& outgoing, const s3::Precondition& precondition);
  /// Reads what is there: ours, somebody else's (a lost race), or what was there before.
  Result<WriteOutcome> settle_lost(const Outgoing& outgoing, const s3::AnswerLost& lost);
  Result<WriteOutcome> write_unguarded(const Outgoing& outgoing, const std::string& why);
  Result<WriteOutcome> settle(const Outgoing& outgoing, const s3::PutOutcome& outcome);
  Result<WriteOutcome> write_unread(const Outgoing& outgoing);
  Result<WriteOutcome> without_condition(const Outgoing& outgoing, const s3::Precondition& refused);
  /// Whether the store says so, just now: some take a delete marker for an object that is there.
  bool is_newest_a_deletion();
  /// After a first write: `written`, once it is known what the store makes of conditions.
  Result<WriteOutcome> measured(const Outgoing& outgoing, const s3::Precondition& precondition,
                                Result<WriteOutcome> written);
  /// Returns the ETag after the measuring writes.
  s3::ETag measure(const Outgoing& outgoing, s3::ETag etag);

  s3::ObjectStore& store_;
  const platform::Clock& clock_;
  s3::ObjectLocation location_;
  std::string host_name_;
  StoreTraits traits_;
  bool needs_read_back_ = false;
  int unsupported_ = 0;
  bool was_awaited_ = false;  ///< Outgoing::while_awaited was called
};

}  // namespace start_claude::sync
