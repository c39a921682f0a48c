#include "sync/history.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "base/text.h"
#include "config/document.h"
#include "crypto/sha256.h"
#include "json/parse.h"
#include "json/write.h"

namespace start_claude::sync {
namespace {

using platform::FileFailure;

constexpr std::string_view content_suffix = ".json";
constexpr std::string_view damaged_suffix = ".damaged";
constexpr std::string_view index_name = "index.json";

std::string_view text_of_origin(Origin origin) {
  switch (origin) {
    case Origin::local: return "local";
    case Origin::remote: return "remote";
    case Origin::merged: return "merged";
  }
  return "local";
}

Origin origin_from(std::string_view text) {
  if (text == "remote") return Origin::remote;
  if (text == "merged") return Origin::merged;
  return Origin::local;
}

bool is_revision(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string string_member(const json::Value& value, std::string_view name) {
  const json::Value* member = value.find(name);
  const std::string* text = member != nullptr ? member->as_string() : nullptr;
  return text != nullptr ? *text : "";
}

std::optional<HistoryEntry> entry_from(const json::Value& value) {
  HistoryEntry entry;
  entry.revision = string_member(value, "revision");
  const auto saved = base::parse_time(string_member(value, "saved"));
  if (!is_revision(entry.revision) || !saved) return std::nullopt;
  entry.saved = *saved;
  entry.by = string_member(value, "by");
  entry.origin = origin_from(string_member(value, "origin"));
  if (const json::Value* count = value.find("entries"); count != nullptr && count->as_number()) {
    entry.entries = base::parse_unsigned(count->as_number()->spelling).value_or(0);
  }
  const json::Value* damaged = value.find("damaged");
  entry.damaged = damaged != nullptr && damaged->as_bool() != nullptr && *damaged->as_bool();
  entry.merged_with = string_member(value, "mergedWith");
  return entry;
}

json::Value value_of(const HistoryEntry& entry) {
  json::Object object{{"revision", entry.revision},
                      {"saved", base::format_rfc3339(entry.saved)},
                      {"by", entry.by},
                      {"origin", text_of_origin(entry.origin)},
                      {"entries", json::Value::integer(static_cast<long long>(entry.entries))}};
  if (entry.damaged) object.set("damaged", true);
  if (!entry.merged_with.empty()) object.set("mergedWith", entry.merged_with);
  return object;
}

/// What a file of that name holds, if it is what it must hold.
std::optional<KeptContent> document_from(base::SharedText text, const std::string& revision) {
  auto document = config::parse_shared_document(text);
  if (!document || config::revision_of(*document) != revision) return std::nullopt;
  return KeptContent{std::move(text), *std::move(document)};
}

/// Puts what the index does not name where its date says. The order of what it names stays as it
/// is: that is the order in which things happened, whatever the clock said meanwhile.
void insert_by_date(std::vector<HistoryEntry>& entries, std::vector<HistoryEntry> unlisted) {
  const auto is_earlier = [](const HistoryEntry& a, const HistoryEntry& b) {
    return a.saved < b.saved;
  };
  std::stable_sort(unlisted.begin(), unlisted.end(), is_earlier);
  auto place = entries.begin();
  for (HistoryEntry& entry : unlisted) {
    place = std::find_if(place, entries.end(),
                         [&](const HistoryEntry& other) { return is_earlier(entry, other); });
    place = std::next(entries.insert(place, std::move(entry)));
  }
}

/// What is no document is kept under the hash of its bytes.
std::string kept_name(const LocalCopy& local) {
  return local.document ? local.revision : crypto::sha256_hex(local.text);
}

}  // namespace

History::History(platform::FileSystem& files, const platform::Clock& clock,
                 platform::Random& random, std::string folder)
    : files_(files), clock_(clock), random_(random), folder_(std::move(folder)) {}

std::string History::file_of(const std::string& revision, bool damaged) const {
  return platform::join_path(folder_,
                             revision + std::string(damaged ? damaged_suffix : content_suffix));
}

std::string History::path_of_damaged(std::string_view bytes) const {
  return file_of(crypto::sha256_hex(bytes), true);
}

std::vector<HistoryEntry> History::load_index() const {
  const std::string path = platform::join_path(folder_, index_name);
  const auto status = files_.status(path);
  const auto* found = std::get_if<platform::FileStatus>(&status);
  if (found == nullptr) return {};
  if (!index_ || index_->fingerprint != found->fingerprint) index_ = read_index(path);
  return index_->entries;
}

History::Index History::read_index(const std::string& path) const {
  const auto index = files_.read(path);
  const auto* content = std::get_if<platform::FileContent>(&index);
  if (content == nullptr) return {};
  std::vector<HistoryEntry> entries;
  const auto parsed = json::parse(content->bytes);
  const json::Value* value = std::get_if<json::Value>(&parsed);
  const json::Value* list = value != nullptr ? value->find("entries") : nullptr;
  if (list == nullptr || list->as_array() == nullptr) return {content->fingerprint, {}};
  for (const json::Value& item : *list->as_array()) {
    if (auto entry = entry_from(item)) entries.push_back(*std::move(entry));
  }
  return {content->fingerprint, std::move(entries)};
}

std::vector<HistoryEntry> History::load(std::string_view just_kept) const {
  std::vector<HistoryEntry> entries = load_index();
  std::set<std::string> known;
  for (const HistoryEntry& entry : entries) known.insert(entry.revision);
  // Files the index does not name: a run died between the two writes, or the index was lost.
  const auto listing = files_.list(folder_);
  const auto* names = std::get_if<std::vector<std::string>>(&listing);
  std::set<std::string> present;
  std::vector<HistoryEntry> unlisted;
  for (const std::string& name : names != nullptr ? *names : std::vector<std::string>{}) {
    const bool damaged = name.ends_with(damaged_suffix);
    if (!damaged && !name.ends_with(content_suffix)) continue;
    const std::string revision = name.substr(0, name.find('.'));
    if (!is_revision(revision)) continue;
    present.insert(revision);
    if (known.contains(revision) || revision == just_kept) continue;
    auto read = files_.read(platform::join_path(folder_, name));
    auto* content = std::get_if<platform::FileContent>(&read);
    if (content == nullptr) continue;
    HistoryEntry entry;
    if (damaged) {
      if (crypto::sha256_hex(content->bytes) != revision) continue;
    } else {
      const auto kept = document_from(std::move(content->bytes), revision);
      if (!kept) continue;
      entry.entries = config::entry_count(kept->document);
    }
    entry.revision = revision;
    entry.saved = content->modified;
    entry.damaged = damaged;
    // Which side it was seen on nobody wrote down: it must not count as what this side came from.
    entry.origin = Origin::remote;
    entry.is_indexed = false;
    unlisted.push_back(std::move(entry));
  }
  std::erase_if(entries, [&](const HistoryEntry& e) { return !present.contains(e.revision); });
  insert_by_date(entries, std::move(unlisted));
  return entries;
}

std::vector<HistoryEntry> History::entries() const {
  std::vector<HistoryEntry> newest_first = load();
  std::reverse(newest_first.begin(), newest_first.end());
  return newest_first;
}

std::optional<KeptContent> History::document_of(const std::string& revision) const {
  auto read = files_.read(file_of(revision, false));
  auto* content = std::get_if<platform::FileContent>(&read);
  if (content == nullptr) return std::nullopt;
  return document_from(std::move(content->bytes), revision);
}

std::optional<base::SharedText> History::text_of(const std::string& revision) const {
  if (auto kept = document_of(revision)) return std::move(kept->text);
  auto read = files_.read(file_of(revision, true));
  auto* content = std::get_if<platform::FileContent>(&read);
  if (content == nullptr || crypto::sha256_hex(content->bytes) != revision) return std::nullopt;
  return std::move(content->bytes);
}

bool History::contains(const std::string& revision) const { return text_of(revision).has_value(); }

std::optional<std::string> History::whole_revision(std::string_view first_digits) const {
  const auto listing = files_.list(folder_);
  const auto* names = std::get_if<std::vector<std::string>>(&listing);
  for (const std::string& name : names != nullptr ? *names : std::vector<std::string>{}) {
    const std::string revision = name.substr(0, name.find('.'));
    const bool is_document = is_revision(revision) && name.ends_with(content_suffix);
    if (is_document && revision.starts_with(first_digits)) return revision;
  }
  return std::nullopt;
}

bool History::has_file(const std::string& revision) const {
  return std::holds_alternative<platform::FileStatus>(files_.status(file_of(revision, false)));
}

Result<base::Done> History::write_content(const std::string& path, const base::TextParts& text) {
  const auto written = platform::replace_file(files_, path, text, {.unique = random_.next()});
  if (const auto* failure = std::get_if<FileFailure>(&written)) {
    return platform::disk_error("keep a copy in", path, *failure);
  }
  return base::Done{};
}

Result<base::Done> History::save(const std::vector<HistoryEntry>& entries) {
  json::Array list;
  list.reserve(entries.size());
  for (const HistoryEntry& entry : entries) list.push_back(value_of(entry));
  const json::Value index =
      json::Object{{"version", json::Value::integer(1)}, {"entries", std::move(list)}};
  return write_content(platform::join_path(folder_, index_name),
                       base::TextParts(json::write_pretty(index)));
}

Result<base::Done> History::keep(const base::TextParts& text, const HistoryEntry& entry) {
  const auto folder = files_.make_folder(folder_, 0700);
  if (const auto* failure = std::get_if<FileFailure>(&folder)) {
    return platform::disk_error("create", folder_, *failure);
  }
  // The content goes first: an index that names a missing file would promise what is not there.
  const std::string path = file_of(entry.revision, entry.damaged);
  // Mostly it is there byte for byte, which is told without reading it whole.
  if (!files_.holds(path, text) && !contains(entry.revision)) {
    auto written = write_content(path, text);
    if (!written) return written;
  }
  const std::vector<HistoryEntry> indexed = load_index();
  const bool is_newest = !indexed.empty() && indexed.back().revision == entry.revision &&
                         indexed.back().origin == entry.origin &&
                         indexed.back().merged_with == entry.merged_with;
  if (is_newest) return base::Done{};
  std::vector<HistoryEntry> entries = load(entry.revision);
  // That a content was here stays said where it was, whichever other side it is seen on since.
  std::erase_if(entries, [&](const HistoryEntry& known) {
    return known.revision == entry.revision &&
           (entry.origin == Origin::local || known.origin != Origin::local);
  });
  entries.push_back(entry);
  return save(entries);
}

void History::prune(const std::vector<std::string>& pinned) {
  std::vector<HistoryEntry> entries = load();
  if (entries.size() <= history_entries_max) return;
  const UtcTime oldest_kept = clock_.now() - history_age_min;
  const std::size_t surplus = entries.size() - history_entries_max;
  std::vector<HistoryEntry> kept;
  std::vector<HistoryEntry> dropped;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const bool is_pinned =
        std::find(pinned.begin(), pinned.end(), entries[i].revision) != pinned.end();
    const bool drop = i < surplus && entries[i].saved < oldest_kept && !is_pinned;
    (drop ? dropped : kept).push_back(entries[i]);
  }
  if (dropped.empty()) return;
  // The index first: a file it does not name is found again, a name without a file is a gap.
  if (!save(kept)) return;
  for (const HistoryEntry& entry : dropped) {
    const auto is_same = [&](const HistoryEntry& other) {
      return other.revision == entry.revision && other.damaged == entry.damaged;
    };
    if (std::any_of(kept.begin(), kept.end(), is_same)) continue;
    (void)files_.remove(file_of(entry.revision, entry.damaged));
  }
}

Result<base::Done> keep_local(History& history, const LocalCopy& local, const KeptBy& by,
                              Origin origin) {
  if (!local.exists || local.text.empty()) return base::Done{};
  return history.keep(local.document ? local.shareable_text() : base::TextParts(local.text),
                      {.revision = kept_name(local),
                       .saved = by.when,
                       .by = by.host,
                       .origin = origin,
                       .entries = local.entries,
                       .damaged = !local.document});
}

bool is_kept(const History& history, const LocalCopy& local) {
  return !local.exists || local.text.empty() || history.contains(kept_name(local));
}

}  // namespace start_claude::sync
