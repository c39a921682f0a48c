#include "sync/memory.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "config/document.h"
#include "crypto/sha256.h"
#include "sync/local_copy.h"
#include "sync/machine.h"

namespace start_claude::sync {
namespace {

std::optional<KeptContent> document_from(base::SharedText text, const std::string& revision) {
  auto document = config::parse_shared_document(text);
  if (!document || config::revision_of(*document) != revision) return std::nullopt;
  return KeptContent{std::move(text), *std::move(document)};
}

/// The contents that stay, by where they stand in the journal.
std::set<std::uint64_t> kept_contents(const std::vector<Journal::Entry>& entries,
                                      const Remembered& remembered, UtcTime now) {
  std::set<std::string> pinned = cached_revisions(remembered);
  if (remembered.intent) {
    pinned.insert({remembered.intent->before, remembered.intent->after, remembered.intent->over});
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

/// The contents that are kept, and what all the records amount to.
std::vector<std::string> compacted(const std::vector<Journal::Entry>& entries,
                                   const Remembered& remembered, UtcTime now) {
  const std::set<std::uint64_t> kept = kept_contents(entries, remembered, now);
  std::set<std::string> revisions;
  std::vector<std::string> lines;
  for (const Journal::Entry& entry : entries) {
    const auto* content = std::get_if<ContentRecord>(&entry.record);
    if (content == nullptr || !kept.contains(entry.place.offset)) continue;
    revisions.insert(content->revision);
    lines.push_back(format_record(entry.record, entry.at));
  }
  Remembered summed = remembered;
  std::erase_if(summed.seen,
                [&](const Seen& entry) { return !revisions.contains(entry.revision); });
  lines.push_back(format_record(SummaryRecord{value_of(summed, summed.seen.size())}, now));
  return lines;
}

}  // namespace

Result<Memory> Memory::load(const MemoryParts& parts, std::optional<Remembered> cached,
                            const JournalEnd& end) {
  Memory memory(parts);
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

void Memory::ensure_machine(const VersionVector& remote_clock) {
  const MachineRecord& machine = remembered_.machine;
  std::string fingerprint = installation_fingerprint(parts_.files, parts_.paths.folder);
  const std::uint64_t put_count = remembered_.put_count_if_stored();
  const bool has_gone_back = remote_clock.count_of(machine.id) > put_count;
  if (!machine.id.empty() && machine.fingerprint == fingerprint && !has_gone_back) return;
  note(MachineRecord{.id = drawn_machine_id(parts_.random),
                     .fingerprint = std::move(fingerprint),
                     .was = machine.id,
                     .sure_count = put_count});
}

VersionVector Memory::clock_of(const LocalCopy& local) const {
  if (!local.document) return {};
  const Seen* tip = remembered_.tip();
  if (tip != nullptr && tip->revision == local.revision) return tip->clock;
  return advance(tip != nullptr ? tip->clock : VersionVector{}, remembered_.machine.id,
                 next_count());
}

void Memory::note_local(const LocalCopy& local) {
  if (local.text.empty()) return;
  ContentRecord content{.revision = local.revision,
                        .source = Source::local,
                        .by = parts_.host_name,
                        .entries = local.entries,
                        .profiles = local.profiles};
  if (!local.document) {
    content.revision = crypto::sha256_hex(local.text);
    content.is_damaged = true;
    content.text = local.text;
    if (complete() && !has_content(content.revision)) note(content);
    return;
  }
  const Seen* tip = remembered_.tip();
  const bool is_tip = tip != nullptr && tip->revision == local.revision;
  if (is_tip && has_content(local.revision)) return;
  ensure_machine();
  content.clock = clock_of(local);
  content.text = local.shareable_text().joined();
  note(content);
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
  const auto take = [&](JournalRecord& record, UtcTime at) {
    if (auto* content = std::get_if<ContentRecord>(&record)) {
      kept.push_back({std::move(*content), at});
    }
  };
  for (Journal::Entry& entry : read->entries) take(entry.record, entry.at);
  for (const std::string& line : unwritten_) {
    if (auto parsed = parse_record(line)) take(parsed->record, parsed->at);
  }
  std::reverse(kept.begin(), kept.end());
  return kept;
}

Result<base::Done> Memory::compact_if_due() {
  if (end_.size <= std::min(remembered_.compaction_due, journal_bytes_max)) return base::Done{};
  auto written = write(Journal::Durability::later);
  if (!written) return written;
  auto contents = journal_.read();
  if (!contents) return std::move(contents).error();
  const std::vector<std::string> lines =
      compacted(contents->entries, remembered_, parts_.clock.now());
  std::uint64_t bytes = 0;
  for (const std::string& line : lines) bytes += line.size();
  // Written anew only where that frees most of it.
  if (bytes <= end_.size / 2) {
    auto end = journal_.rewrite(lines, parts_.random.next());
    if (!end) return std::move(end).error();
    end_ = *std::move(end);
    auto again = read_all();
    if (!again) return again;
  }
  remembered_.compaction_due = std::max<std::uint64_t>(2 * end_.size, std::uint64_t{1} << 20);
  return base::Done{};
}

}  // namespace start_claude::sync
