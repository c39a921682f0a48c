#include "sync/remembered.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace start_claude::sync {
namespace {

void add_seen(Remembered& remembered, Seen seen) {
  if (seen.revision.empty() || seen.clock.empty()) return;
  auto& all = remembered.seen;
  // What was taken in once is known; what is here again is the newest again.
  const bool is_known = seen.was_here ? !all.empty() && all.back() == seen
                                      : std::find(all.begin(), all.end(), seen) != all.end();
  if (!is_known) all.push_back(std::move(seen));
}

void count_own(Remembered& remembered, const VersionVector& clock) {
  remembered.count = std::max(remembered.count, clock.count_of(remembered.machine.id));
}

struct Adder {
  Remembered& remembered;
  const Place& place;

  void operator()(const ContentRecord& content) const {
    remembered.contents[content.revision] = place;
    if (content.source != Source::local || content.is_damaged || content.clock.empty()) return;
    count_own(remembered, content.clock);
    add_seen(remembered, {content.revision, content.clock});
  }
  void operator()(const Intent& intent) const {
    count_own(remembered, intent.clock);
    remembered.intent = intent;
  }
  void count_put() const { remembered.put_count = remembered.put_count_if_stored(); }
  void end_intent() const {
    if (remembered.intent && !remembered.intent->beside.empty()) {
      auto& finished = remembered.finished_beside;
      if (finished.size() == finished_beside_max) finished.erase(finished.begin());
      finished.push_back(remembered.intent->beside);
    }
    remembered.intent.reset();
  }
  void operator()(const DoneRecord& done) const {
    count_own(remembered, done.clock);
    add_seen(remembered, {done.taken_in, done.taken_in_clock, false});
    add_seen(remembered, {done.revision, done.clock});
    if (done.agreed) remembered.remotes[done.remote] = *done.agreed;
    count_put();
    end_intent();
  }
  void operator()(const DroppedRecord& dropped) const {
    if (dropped.may_be_stored || dropped.was_stored) count_put();
    if (dropped.may_be_stored && remembered.intent) remembered.doubts.push_back(*remembered.intent);
    end_intent();
  }
  void operator()(const SettledRecord& settled) const {
    std::erase_if(remembered.doubts,
                  [&](const Intent& doubt) { return doubt.remote == settled.remote; });
  }
  void operator()(const UndoneRecord& undone) const {
    auto& seen = remembered.seen;
    const auto last = std::find_if(seen.rbegin(), seen.rend(), [&](const Seen& entry) {
      return entry.revision == undone.ancestor;
    });
    seen.erase(last.base(), seen.end());
    remembered.remotes[undone.remote] = RemoteState{.ancestor = undone.ancestor};
  }
  void operator()(const SummaryRecord& summary) const {
    Remembered summed = remembered_from(summary.memory);
    summed.contents = std::move(remembered.contents);
    summed.is_whole = remembered.is_whole;
    summed.compaction_due = remembered.compaction_due;
    remembered = std::move(summed);
  }
  void operator()(const MachineRecord& machine) const {
    if (remembered.machine.id != machine.id) remembered.count = remembered.put_count = 0;
    remembered.machine = machine;
    if (machine.was.empty()) return;
    for (Seen& seen : remembered.seen) {
      if (seen.clock.count_of(machine.was) <= machine.sure_count) continue;
      seen.clock = advance(rewound(std::move(seen.clock), machine.was, machine.sure_count),
                           machine.id, ++remembered.count);
    }
  }
};

std::string text_in(const json::Value& value, std::string_view name) {
  const json::Value* member = value.find(name);
  const std::string* text = member != nullptr ? member->as_string() : nullptr;
  return text != nullptr ? *text : "";
}

std::uint64_t number_in(const json::Value& value, std::string_view name) {
  return base::parse_unsigned(text_in(value, name)).value_or(0);
}

}  // namespace

std::set<std::string> cached_revisions(const Remembered& remembered) {
  std::set<std::string> wanted;
  const auto& seen = remembered.seen;
  for (std::size_t i = seen.size() - std::min(seen.size(), seen_cached_max); i < seen.size(); ++i) {
    wanted.insert(seen[i].revision);
  }
  for (const auto& [name, remote] : remembered.remotes) wanted.insert(remote.ancestor);
  return wanted;
}

const Seen* Remembered::tip() const {
  const auto newest =
      std::find_if(seen.rbegin(), seen.rend(), [](const Seen& entry) { return entry.was_here; });
  return newest != seen.rend() ? &*newest : nullptr;
}

std::uint64_t Remembered::put_count_if_stored() const {
  if (!intent || !intent->puts) return put_count;
  return std::max(put_count, intent->clock.count_of(machine.id));
}

RemoteState Remembered::remote(const std::string& name) const {
  const auto found = remotes.find(name);
  return found != remotes.end() ? found->second : RemoteState{};
}

void add(Remembered& remembered, const JournalRecord& record, const Place& place) {
  std::visit(Adder{remembered, place}, record);
}

json::Value value_of(const Remembered& remembered, std::size_t seen_max) {
  json::Array seen;
  const std::size_t count = std::min(remembered.seen.size(), seen_max);
  for (auto entry = remembered.seen.end() - static_cast<std::ptrdiff_t>(count);
       entry != remembered.seen.end(); ++entry) {
    json::Object object{{"revision", entry->revision}, {"clock", format_clock(entry->clock)}};
    if (!entry->was_here) object.set("takenIn", true);
    seen.emplace_back(std::move(object));
  }
  json::Object places;
  for (const std::string& revision : cached_revisions(remembered)) {
    const auto found = remembered.contents.find(revision);
    if (found == remembered.contents.end()) continue;
    places.set(revision,
               std::to_string(found->second.offset) + "+" + std::to_string(found->second.size));
  }
  json::Object remotes;
  for (const auto& [name, remote] : remembered.remotes) remotes.set(name, value_of(remote));
  json::Object object{{"machine", remembered.machine.id},
                      {"fingerprint", remembered.machine.fingerprint},
                      {"count", std::to_string(remembered.count)},
                      {"putCount", std::to_string(remembered.put_count)},
                      {"compactionDue", std::to_string(remembered.compaction_due)},
                      {"seen", std::move(seen)},
                      {"contents", std::move(places)},
                      {"remotes", std::move(remotes)}};
  if (!remembered.finished_beside.empty()) {
    const auto& finished = remembered.finished_beside;
    object.set("finishedBeside", json::Array(finished.begin(), finished.end()));
  }
  if (remembered.intent) object.set("intent", value_of(*remembered.intent));
  json::Array doubts;
  for (const Intent& doubt : remembered.doubts) doubts.push_back(value_of(doubt));
  if (!doubts.empty()) object.set("doubts", std::move(doubts));
  return object;
}

Remembered remembered_from(const json::Value& value) {
  Remembered remembered{.machine = {text_in(value, "machine"), text_in(value, "fingerprint")},
                        .count = number_in(value, "count"),
                        .put_count = number_in(value, "putCount"),
                        .is_whole = false};
  if (const auto due = number_in(value, "compactionDue"); due > 0) remembered.compaction_due = due;
  if (const json::Value* seen = value.find("seen"); seen != nullptr && seen->as_array()) {
    for (const json::Value& item : *seen->as_array()) {
      Seen entry{text_in(item, "revision"), clock_from_text(text_in(item, "clock")),
                 item.find("takenIn") == nullptr};
      if (!entry.clock.empty()) remembered.seen.push_back(std::move(entry));
    }
  }
  if (const json::Value* places = value.find("contents"); places && places->as_object()) {
    for (const json::Member& member : places->as_object()->members()) {
      const std::string* text = member.value.as_string();
      if (text == nullptr) continue;
      const auto numbers = base::split(*text, '+');
      if (numbers.size() != 2) continue;
      remembered.contents[member.name] = {base::parse_unsigned(numbers[0]).value_or(0),
                                          base::parse_unsigned(numbers[1]).value_or(0)};
    }
  }
  if (const json::Value* remotes = value.find("remotes"); remotes && remotes->as_object()) {
    for (const json::Member& member : remotes->as_object()->members()) {
      remembered.remotes[member.name] = remote_state_from(member.value);
    }
  }
  if (const json::Value* finished = value.find("finishedBeside");
      finished && finished->as_array()) {
    for (const json::Value& name : *finished->as_array()) {
      if (const std::string* text = name.as_string()) remembered.finished_beside.push_back(*text);
    }
  }
  if (const json::Value* intent = value.find("intent")) remembered.intent = intent_from(*intent);
  if (const json::Value* doubts = value.find("doubts"); doubts && doubts->as_array()) {
    for (const json::Value& doubt : *doubts->as_array()) {
      remembered.doubts.push_back(intent_from(doubt));
    }
  }
  return remembered;
}

}  // namespace start_claude::sync
