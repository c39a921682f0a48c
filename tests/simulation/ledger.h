// Every edit anybody made, who had seen which, and the verdict on what became of them.
//
// An edit gives one field a value nobody else ever gave it, so a value names its edit. An edit has
// seen the one whose value it replaced. Two edits of a field oppose each other if neither has seen
// the other, directly or by way of others.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "json/value.h"
#include "resolve/merge.h"

namespace start_claude::simulation {

/// "alpha.model", "alpha.env.A" (of the profile alpha), "settings.theme".
const std::string* field_of(const json::Value& document, const std::string& field);
/// Creates what is missing on the way: the profile, the settings, the object in between.
void set_field(json::Value& document, const std::string& field, const std::string& value);

/// How well the author of an edit knew the one it replaced.
enum class Sight {
  clear,    ///< it was there, and the device had remembered all it did before
  clouded,  ///< it was there, but a run had just been cut off: to the device they may look opposed
};

struct Edit {
  std::string field;
  std::string value;
  std::string author;
  std::string over;  ///< the value it replaced; empty if there was none
  Sight sight = Sight::clear;
  /// By a program that keeps no history: only the bucket and those who read it know of it.
  bool is_foreign = false;
};

/// Why a promise did not hold and need not have, in the words of docs/never-lose.md, and how often
/// that was the only reason.
using Excuses = std::map<std::string, std::size_t>;
/// Reasons, by their names.
using Reasons = std::set<std::string>;

/// Who was told what: a run that reports a conflict, or asks about it.
class Told {
 public:
  void about(const std::vector<resolve::FieldChange>& conflicts);
  /// A run that could not name fields, and why.
  void about_everything(const std::string& why) { of_everything_.insert(why); }
  bool knows(const std::string& field) const;
  const Reasons& of_everything() const { return of_everything_; }

 private:
  std::set<std::string> paths_;
  Reasons of_everything_;
};

struct Judgement {
  const json::Value& outcome;  ///< what everybody has in the end
  const Told& told;
  /// Whether the value is in some device's history.
  std::function<bool(const std::string& value)> is_recoverable;
  /// Why clocks do not tell all, if it does not, so that edits may look opposed that are not:
  /// they may lose, but then somebody is told.
  const Reasons& clock_doubts;
};

struct Judged {
  std::vector<std::string> broken;  ///< every promise that was broken, in words
  Excuses excuses;
};

class Ledger {
 public:
  /// A value for the next edit by `author`.
  std::string new_value(const std::string& author);
  void add(Edit edit);
  /// Somebody wrote `after` over `before` without having seen all of it: what differs is not
  /// promised to stay, only to be in history. `by` says who does such things.
  void overwritten_blindly(const json::Value& before, const json::Value& after,
                           const std::string& by);
  /// A store that does not guard its objects let a write replace a state its device never saw. A
  /// foreigner's edit that only this state held is gone; a device's own is still on that device.
  void overwritten_unread(const json::Value& replaced) { destroyed(replaced); }
  /// A person put another file in the place of a device's: what only that had, is gone.
  void destroyed_on(const json::Value& document);
  /// The whole object was destroyed by somebody else.
  void destroyed(const json::Value& before);

  /// Whoever settled that has seen both sides of it.
  void settled(const resolve::FieldChange& conflict);
  /// Grows with every edit and settlement.
  std::size_t now() const { return now_; }
  /// Why this is no conflict: one of the two edits had seen the other by then. Empty if it is one,
  /// or if the two values are no edits.
  std::string why_no_conflict(const resolve::FieldChange& told, std::size_t by) const;

  Judged judge(const Judgement& judgement) const;

 private:
  void excuse(const std::string* lost_value);
  bool has_seen(const std::string& later, const std::string& earlier, std::size_t by) const;
  void note_seen(const std::string& later, const std::string& earlier);

  std::map<std::string, std::vector<Edit>> edits_;  ///< by field
  std::map<std::string, std::string> contested_;    ///< fields overwritten blindly, and by what
  std::set<std::string> excused_;                   ///< foreign values another foreigner overwrote
  std::set<std::string> gone_;  ///< with a home that a person replaced, if nobody else had them
  std::map<std::string, std::map<std::string, std::size_t>>
      seen_;  ///< by value, what it was made over, and when
  std::size_t count_ = 0;
  std::size_t now_ = 0;
};

}  // namespace start_claude::simulation
