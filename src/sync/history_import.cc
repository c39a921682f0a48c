#include "sync/history_import.h"

#include <algorithm>
#include <set>
#include <utility>

#include "config/document.h"
#include "crypto/sha256.h"
#include "json/parse.h"

namespace start_claude::sync {
namespace {

constexpr std::string_view content_suffix = ".json";
constexpr std::string_view damaged_suffix = ".damaged";
/// Contents beyond it stay in the folder: compaction would drop the oldest of them anyway.
constexpr std::uint64_t import_bytes_max = journal_bytes_max / 2;

/// What the index says of a content, or its file's name alone.
struct OldEntry {
  std::string revision;
  UtcTime saved;
  std::string by = {};
  Source source = Source::merged;
  bool is_damaged = false;
};

std::string folder_of(const Paths& paths) { return platform::join_path(paths.folder, "history"); }

std::string text_in(const json::Value& value, std::string_view name) {
  const json::Value* member = value.find(name);
  const std::string* text = member != nullptr ? member->as_string() : nullptr;
  return text != nullptr ? *text : "";
}

bool is_revision(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Source source_from(std::string_view text) {
  for (const Source source : {Source::remote, Source::merged}) {
    if (text == name_of(source)) return source;
  }
  return Source::local;
}

std::optional<std::string> bytes_of(const platform::FileSystem& files, const std::string& path) {
  auto read = files.read(path);
  auto* content = std::get_if<platform::FileContent>(&read);
  if (content == nullptr) return std::nullopt;
  return std::move(content->bytes);
}

std::optional<OldEntry> entry_from(const json::Value& value) {
  const auto saved = base::parse_time(text_in(value, "saved"));
  const json::Value* damaged = value.find("damaged");
  OldEntry entry{.revision = text_in(value, "revision"),
                 .saved = saved.value_or(UtcTime{}),
                 .by = text_in(value, "by"),
                 .source = source_from(text_in(value, "origin")),
                 .is_damaged = damaged != nullptr && damaged->as_bool() && *damaged->as_bool()};
  if (!saved || !is_revision(entry.revision)) return std::nullopt;
  return entry;
}

std::vector<OldEntry> indexed_entries(const std::string& index) {
  std::vector<OldEntry> entries;
  const auto parsed = json::parse(index);
  const json::Value* value = std::get_if<json::Value>(&parsed);
  const json::Value* list = value != nullptr ? value->find("entries") : nullptr;
  if (list == nullptr || list->as_array() == nullptr) return entries;
  for (const json::Value& item : *list->as_array()) {
    if (auto entry = entry_from(item)) entries.push_back(*std::move(entry));
  }
  return entries;
}

std::optional<OldEntry> entry_of_name(const std::string& name) {
  for (const std::string_view suffix : {content_suffix, damaged_suffix}) {
    if (!name.ends_with(suffix)) continue;
    std::string revision = name.substr(0, name.size() - suffix.size());
    if (!is_revision(revision)) return std::nullopt;
    return OldEntry{.revision = std::move(revision),
                    .saved = UtcTime{},
                    .is_damaged = suffix == damaged_suffix};
  }
  return std::nullopt;
}

/// Oldest first. The files are the truth: those that the index lacks are dated by their mtime.
std::vector<OldEntry> entries_in(const platform::FileSystem& files, const std::string& folder) {
  const auto listed = files.list(folder);
  const auto* names = std::get_if<std::vector<std::string>>(&listed);
  if (names == nullptr) return {};
  const std::string index_path = platform::join_path(folder, "index.json");
  std::vector<OldEntry> entries = indexed_entries(bytes_of(files, index_path).value_or(""));
  std::set<std::string> indexed;
  for (const OldEntry& entry : entries) indexed.insert(entry.revision);
  for (const std::string& name : *names) {
    auto entry = entry_of_name(name);
    if (!entry || indexed.contains(entry->revision)) continue;
    const auto status = files.status(platform::join_path(folder, name));
    const auto* found = std::get_if<platform::FileStatus>(&status);
    if (found == nullptr) continue;
    entry->saved = found->modified;
    const auto place = std::find_if(entries.begin(), entries.end(), [&](const OldEntry& other) {
      return entry->saved < other.saved;
    });
    entries.insert(place, *std::move(entry));
  }
  return entries;
}

/// Nothing unless the file holds what its name says.
std::optional<ContentRecord> content_of(const platform::FileSystem& files,
                                        const std::string& folder, const OldEntry& entry) {
  const auto suffix = entry.is_damaged ? damaged_suffix : content_suffix;
  auto bytes = bytes_of(files, platform::join_path(folder, entry.revision + std::string(suffix)));
  if (!bytes) return std::nullopt;
  ContentRecord content{.revision = entry.revision,
                        .source = entry.source,
                        .by = entry.by,
                        .is_damaged = entry.is_damaged,
                        .text = *std::move(bytes)};
  if (content.is_damaged) {
    if (crypto::sha256_hex(content.text) != content.revision) return std::nullopt;
    return content;
  }
  const auto document = config::parse_shared_document(content.text);
  if (!document || config::revision_of(*document) != content.revision) return std::nullopt;
  content.entries = config::entry_count(*document);
  content.profiles = config::profile_count(*document);
  return content;
}

bool is_absent(const platform::FileSystem& files, const std::string& path) {
  const auto status = files.status(path);
  const auto* failure = std::get_if<platform::FileFailure>(&status);
  return failure != nullptr && failure->kind == platform::FileFailureKind::no_such_file;
}

}  // namespace

std::string old_settings_path(const Paths& paths) {
  return platform::join_path(folder_of(paths), "last-s3-settings.json");
}

void import_history(const MemoryParts& parts, const std::map<std::string, RemoteState>& agreed,
                    Memory& memory) {
  if (!is_absent(parts.files, parts.paths.journal)) return;
  const std::string folder = folder_of(parts.paths);
  std::vector<std::pair<ContentRecord, UtcTime>> newest_first;
  std::uint64_t bytes = 0;
  const std::vector<OldEntry> entries = entries_in(parts.files, folder);
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    auto content = content_of(parts.files, folder, *entry);
    if (!content) continue;
    bytes += content->text.size();
    if (bytes > import_bytes_max) break;
    newest_first.emplace_back(*std::move(content), entry->saved);
  }
  for (auto content = newest_first.rbegin(); content != newest_first.rend(); ++content) {
    memory.note(content->first, content->second);
  }
  for (const auto& [remote, state] : agreed) {
    memory.note(DoneRecord{.remote = remote, .revision = "", .agreed = state});
  }
}

}  // namespace start_claude::sync
