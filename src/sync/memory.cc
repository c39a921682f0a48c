#include "sync/memory.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "config/document.h"

namespace start_claude::sync {
namespace {

void add_seen(Remembered& remembered, Seen seen) {
  if (seen.revision.empty()) return;
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
    if (content.is_damaged) return;
    remembered.contents[content.revision] = place;
    if (content.source != Source::local) return;
    count_own(remembered, content.clock);
    add_seen(remembered, {content.revision, content.clock});
  }
  void operator()(const Intent& intent) const {
    count_own(remembered, intent.clock);
    remembered.intent = intent;
  }
  void operator()(const DoneRecord& done) const {
    count_own(remembered, done.clock);
    add_seen(remembered, {done.taken_in, done.taken_in_clock, false});
    add_seen(remembered, {done.revision, done.clock});
    if (done.agreed) remembered.remotes[done.remote] = *done.agreed;
    remembered.intent.reset();
  }
  void operator()(const DroppedRecord& dropped) const {
    if (dropped.may_be_stored && remembered.intent) remembered.doubts.push_back(*remembered.intent);
    remembered.intent.reset();
  }
  void operator()(const SettledRecord&) const { remembered.doubts.clear(); }
  void operator()(const MachineRecord& machine) const {
    if (remembered.machine.id != machine.id) remembered.count = 0;
    remembered.machine = machine;
  }
};

std::optional<KeptContent> document_from(base::SharedText text, const std::string& revision) {
  auto document = config::parse_shared_document(text);
  if (!document || config::revision_of(*document) != revision) return std::nullopt;
  return KeptContent{std::move(text), *std::move(document)};
}

std::string text_in(const json::Value& value, std::string_view name) {
  const json::Value* member = value.find(name);
  const std::string* text = member != nullptr ? member->as_string() : nullptr;
  return text != nullptr ? *text : "";
}

std::uint64_t number_in(const json::Value& value, std::string_view name) {
  return base::parse_unsigned(text_in(value, name)).value_or(0);
}

/// Which revisions s3-state.json must be able to find without reading the journal.
std::set<std::string> cached_revisions(const Remembered& remembered) {
  std::set<std::string> wanted;
  const auto& seen = remembered.seen;
  for (std::size_t i = seen.size() - std::min(seen.size(), seen_cached_max); i < seen.size(); ++i) {
    wanted.insert(seen[i].revision);
  }
  for (const auto& [name, remote] : remembered.remotes) wanted.insert(remote.ancestor);
  return wanted;
}

// --- compaction ----------------------------------------------------------------------------------

/// The contents that stay, by where they stand in the journal.
std::set<std::uint64_t> kept_contents(const std::vector<Journal::Entry>& entries,
                                      const Remembered& remembered, UtcTime now) {
  std::set<std::string> pinned = cached_revisions(remembered);
  if (remembered.intent) {
    pinned.insert({remembered.intent->before, remembered.intent->after,
                   remembered.intent->taken_in});
  }
  std::set<std::uint64_t> kept;
  std::set<std::string> newest_of;
  std::size_t count = 0;
  std::uint64_t bytes = 0;
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    const auto* content = std::get_if<ContentRecord>(&entry->record);
    if (content == nullptr) continue;
    const bool is_pinned =
        pinned.contains(content->revision) && newest_of.insert(content->revision).second;
    const bool is_wanted = count < journal_contents_min || now - entry->at < journal_age_min;
    const bool fits = bytes + entry->place.size <= journal_bytes_max / 2;
    if (!is_pinned && (!is_wanted || !fits)) continue;
    ++count;
    bytes += entry->place.size;
    kept.insert(entry->place.offset);
  }
  return kept;
}

/// The records that make the same memory, as far as the contents that are kept go.
std::vector<std::string> compacted(const std::vector<Journal::Entry>& entries,
                                   const Remembered& remembered, UtcTime now) {
  const std::set<std::uint64_t> kept = kept_contents(entries, remembered, now);
  std::set<std::string> revisions;
  std::map<std::string, std::uint64_t> last_done;
  for (const Journal::Entry& entry : entries) {
    if (const auto* content = std::get_if<ContentRecord>(&entry.record)) {
      if (kept.contains(entry.place.offset)) revisions.insert(content->revision);
    } else if (const auto* done = std::get_if<DoneRecord>(&entry.record); done && done->agreed) {
      last_done[done->remote] = entry.place.offset;
    }
  }
  std::vector<std::string> lines;
  for (const Journal::Entry& entry : entries) {
    bool stays = false;
    if (std::holds_alternative<ContentRecord>(entry.record)) {
      stays = kept.contains(entry.place.offset);
    } else if (const auto* done = std::get_if<DoneRecord>(&entry.record)) {
      const auto last = last_done.find(done->remote);
      const bool is_last = last != last_done.end() && last->second == entry.place.offset;
      stays = is_last || revisions.contains(done->revision);
    } else {
      stays = std::holds_alternative<MachineRecord>(entry.record);
    }
    if (stays) lines.push_back(format_record(entry.record, entry.at));
  }
  for (const Intent& doubt : remembered.doubts) {
    lines.push_back(format_record(doubt, now));
    lines.push_back(format_record(DroppedRecord{.may_be_stored = true}, now));
  }
  if (remembered.intent) lines.push_back(format_record(*remembered.intent, now));
  return lines;
}

}  // namespace

const Seen* Remembered::tip() const {
  const auto newest =
      std::find_if(seen.rbegin(), seen.rend(), [](const Seen& entry) { return entry.was_here; });
  return newest != seen.rend() ? &*newest : nullptr;
}

RemoteState Remembered::remote(const std::string& name) const {
  const auto found = remotes.find(name);
  return found != remotes.end() ? found->second : RemoteState{};
}

void add(Remembered& remembered, const JournalRecord& record, const Place& place) {
  std::visit(Adder{remembered, place}, record);
}

json::Value value_of(const Remembered& remembered) {
  json::Array seen;
  const std::size_t count = std::min(remembered.seen.size(), seen_cached_max);
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
    places.set(revision, std::to_string(found->second.offset) + "+" +
                             std::to_string(found->second.size));
  }
  json::Object remotes;
  for (const auto& [name, remote] : remembered.remotes) remotes.set(name, value_of(remote));
  return json::Object{{"machine", remembered.machine.id},
                      {"fingerprint", remembered.machine.fingerprint},
                      {"count", std::to_string(remembered.count)},
                      {"compactionDue", std::to_string(remembered.compaction_due)},
                      {"seen", std::move(seen)},
                      {"contents", std::move(places)},
                      {"remotes", std::move(remotes)}};
}

Remembered remembered_from(const json::Value& value) {
  Remembered remembered{.machine = {text_in(value, "machine"), text_in(value, "fingerprint")},
                        .count = number_in(value, "count"),
                        .is_whole = false};
  if (const auto due = number_in(value, "compactionDue"); due > 0) remembered.compaction_due = due;
  if (const json::Value* seen = value.find("seen"); seen != nullptr && seen->as_array()) {
    for (const json::Value& item : *seen->as_array()) {
      remembered.seen.push_back({text_in(item, "revision"), clock_from_text(text_in(item, "clock")),
                                 item.find("takenIn") == nullptr});
    }
  }
  if (const json::Value* places = value.find("contents"); places && places->as_object()) {
    for (const json::Member& member : places->as_object()->members()) {
      const std::string* text = member.value.as_string();
      const auto numbers = base::split(text != nullptr ? *text : "", '+');
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
  return remembered;
}

Result<Memory> Memory::load(platform::FileSystem& files, const std::string& path,
                            std::optional<Remembered> cached, const JournalEnd& end) {
  Memory memory(files, path);
  if (cached && end.size > 0 && memory.journal_.ends_with(end)) {
    memory.remembered_ = *std::move(cached);
    memory.end_ = end;
    auto newer = memory.journal_.read(end.size);
    if (!newer) return std::move(newer).error();
    for (const Journal::Entry& entry : newer->entries) {
      add(memory.remembered_, entry.record, entry.place);
    }
    if (!newer->entries.empty()) memory.end_ = newer->end;
    return memory;
  }
  auto read = memory.read_all();
  if (!read) return std::move(read).error();
  return memory;
}

Result<base::Done> Memory::read_all() {
  auto contents = journal_.read();
  if (!contents) return std::move(contents).error();
  remembered_ = {};
  for (const Journal::Entry& entry : contents->entries) {
    add(remembered_, entry.record, entry.place);
  }
  end_ = contents->end;
  Place place{.offset = end_.size};
  for (const std::string& line : unwritten_) {
    place.size = line.size();
    if (const auto parsed = parse_record(line)) add(remembered_, parsed->record, place);
    place.offset += line.size();
  }
  return base::Done{};
}

Result<base::Done> Memory::complete() {
  return remembered_.is_whole ? Result<base::Done>(base::Done{}) : read_all();
}

void Memory::note(const JournalRecord& record, UtcTime at) {
  std::string line = format_record(record, at);
  const Place place{.offset = end_.size + unwritten_bytes_, .size = line.size()};
  add(remembered_, record, place);
  if (const auto* content = std::get_if<ContentRecord>(&record); content && !content->is_damaged) {
    unwritten_texts_[content->revision] = content->text;
  }
  unwritten_bytes_ += line.size();
  unwritten_.push_back(std::move(line));
}

Result<base::Done> Memory::write(Journal::Durability durability) {
  if (unwritten_.empty()) return base::Done{};
  auto written = journal_.append(end_, unwritten_, durability);
  if (!written) return std::move(written).error();
  end_ = *std::move(written);
  unwritten_.clear();
  unwritten_bytes_ = 0;
  unwritten_texts_.clear();
  return base::Done{};
}

bool Memory::has_content(const std::string& revision) const {
  return remembered_.contents.contains(revision);
}

std::optional<KeptContent> Memory::content_of(const std::string& revision) const {
  const auto fresh = unwritten_texts_.find(revision);
  if (fresh != unwritten_texts_.end()) return document_from(fresh->second, revision);
  const auto place = remembered_.contents.find(revision);
  if (place == remembered_.contents.end()) return std::nullopt;
  auto record = journal_.record_at(place->second);
  auto* content = record ? std::get_if<ContentRecord>(&record->record) : nullptr;
  if (content == nullptr || content->revision != revision) return std::nullopt;
  return document_from(std::move(content->text), revision);
}

Result<std::vector<KeptEntry>> Memory::contents() const {
  auto read = journal_.read();
  if (!read) return std::move(read).error();
  std::vector<KeptEntry> kept;
  for (auto entry = read->entries.rbegin(); entry != read->entries.rend(); ++entry) {
    auto* content = std::get_if<ContentRecord>(&entry->record);
    if (content != nullptr) kept.push_back({std::move(*content), entry->at});
  }
  return kept;
}

Result<base::Done> Memory::compact_if_due(UtcTime now, platform::Random& random) {
  if (end_.size <= std::min(remembered_.compaction_due, journal_bytes_max)) return base::Done{};
  auto written = write(Journal::Durability::later);
  if (!written) return written;
  auto contents = journal_.read();
  if (!contents) return std::move(contents).error();
  const std::vector<std::string> lines = compacted(contents->entries, remembered_, now);
  std::uint64_t bytes = 0;
  for (const std::string& line : lines) bytes += line.size();
  // Written anew only where that frees most of it.
  if (bytes <= end_.size / 2) {
    auto end = journal_.rewrite(lines, random.next());
    if (!end) return std::move(end).error();
    end_ = *std::move(end);
    auto again = read_all();
    if (!again) return again;
  }
  remembered_.compaction_due = std::max<std::uint64_t>(2 * end_.size, std::uint64_t{1} << 20);
  return base::Done{};
}

}  // namespace start_claude::sync
