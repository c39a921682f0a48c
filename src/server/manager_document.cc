#include "server/manager_document.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "config/document.h"
#include "config/s3_settings.h"
#include "crypto/sha256.h"
#include "json/write.h"
#include "server/manager_guard.h"
#include "sync/lock.h"
#include "sync/recovery.h"
#include "sync/settings_file.h"

namespace start_claude::server {
namespace {

constexpr std::size_t remembered_max = 64;
constexpr std::size_t revision_digits = 32;
constexpr std::chrono::seconds lock_timeout{10};
/// How often a save may find that the file was written while it was being merged.
constexpr int rounds_max = 5;

const json::Value* s3_sync_in(const json::Value& document) {
  const json::Value* settings = document.find("settings");
  return settings != nullptr ? settings->find("s3Sync") : nullptr;
}

bool has_same_s3_sync(const json::Value& a, const json::Value& b) {
  const json::Value* first = s3_sync_in(a);
  const json::Value* second = s3_sync_in(b);
  if (first == nullptr || second == nullptr) return first == second;
  return *first == *second;
}

/// The innermost s3Config of the other writer's file, as config/s3_settings.h reads it.
const json::Value* s3_config_in(const json::Value& file) {
  const json::Value* inner = nullptr;
  for (const json::Value* next = file.find("s3Config"); next != nullptr;
       next = next->find("s3Config")) {
    if (next->as_object() != nullptr) inner = next;
  }
  return inner;
}

}  // namespace

/// The file as it is, and the other writer's file beside it.
struct ManagerDocument::Files {
  sync::LocalCopy local;
  bool has_s3_config = false;
  json::Value document;  ///< as in DocumentView
};

ManagerDocument::ManagerDocument(DocumentParts parts, sync::Paths paths, std::string host_name)
    : parts_(std::move(parts)),
      paths_(std::move(paths)),
      host_name_(std::move(host_name)),
      revision_key_(random_token(parts_.random).reveal()) {}

Result<ManagerDocument::Files> ManagerDocument::read_files() const {
  auto local = sync::read_local(parts_.files, paths_.config);
  if (!local) return std::move(local).error();
  Files files{.local = *std::move(local)};
  files.document = files.local.document.value_or(json::Object{{"configs", json::Array{}}});
  auto read = parts_.files.read(paths_.s3_config);
  const auto* content = std::get_if<platform::FileContent>(&read);
  if (content == nullptr) return files;
  auto parsed = config::parse_document(content->bytes);
  if (!parsed) return files;
  if (const json::Value* inner = s3_config_in(*parsed)) {
    files.document = config::with_s3_sync(std::move(files.document), *inner);
    files.has_s3_config = true;
  }
  return files;
}

std::string ManagerDocument::revision_of(const Files& files) const {
  std::string text = files.local.exists ? "there\n" : "absent\n";
  text +=
      files.local.damage.empty() ? json::write_canonical(files.document) : files.local.text.str();
  return base::to_hex(crypto::hmac_sha256(revision_key_, text)).substr(0, revision_digits);
}

void ManagerDocument::remember(const std::string& revision, const json::Value& document) {
  const std::scoped_lock guard(mutex_);
  const auto same = [&](const auto& known) { return known.first == revision; };
  remembered_.erase(std::remove_if(remembered_.begin(), remembered_.end(), same),
                    remembered_.end());
  remembered_.emplace_back(revision, document);
  if (remembered_.size() > remembered_max) remembered_.pop_front();
}

std::optional<json::Value> ManagerDocument::remembered(const std::string& revision) const {
  const std::scoped_lock guard(mutex_);
  for (const auto& [known, document] : remembered_) {
    if (known == revision) return document;
  }
  return std::nullopt;
}

DocumentView ManagerDocument::view_of(const Files& files) {
  DocumentView view{.revision = revision_of(files),
                    .document = files.document,
                    .exists = files.local.exists,
                    .modified = files.local.modified,
                    .damage = files.local.damage,
                    .content_revision = files.local.revision};
  remember(view.revision, view.document);
  return view;
}

Result<DocumentView> ManagerDocument::read() {
  auto files = read_files();
  if (!files) return std::move(files).error();
  return view_of(*files);
}

Result<base::Done> ManagerDocument::write_s3_config(const json::Value& document) {
  auto settings = config::s3_settings_from(document);
  if (!settings) return std::move(settings).error();
  if (!*settings) return base::Done{};
  return sync::save_s3_config(parts_.files, paths_.s3_config, **settings,
                              {.now = parts_.clock.now(), .unique = parts_.random.next()});
}

Result<platform::ReplaceOutcome> ManagerDocument::write(const Files& over,
                                                        const json::Value& document,
                                                        sync::Memory& memory) {
  const sync::LocalCopy& local = over.local;
  memory.note_local(local);
  if (auto kept = memory.write(sync::Journal::Durability::now); !kept) {
    return std::move(kept).error();
  }
  json::Value written = document;
  const bool is_same = has_same_s3_sync(document, over.document);
  const bool is_shared = paths_.role == config::S3Role::backup;
  if (!is_same && (over.has_s3_config || is_shared)) {
    if (auto saved = write_s3_config(document); !saved) return std::move(saved).error();
  }
  if (is_same || is_shared) {
    // What came from s3-config.json is not copied into config.json unasked, and no credentials go
    // into a file that a cloud folder hands to other machines.
    written = config::with_s3_sync_of(std::move(written), local.document.value_or(json::Object{}));
  }
  platform::ReplaceOptions options{.stays_the_same_file = true, .unique = parts_.random.next()};
  if (local.exists) {
    options.expected = local.fingerprint;
    // Settings of this machine alone must not make the configurations look newer than they are.
    const bool same = config::revision_of(document) == local.revision;
    if (same) options.modified = local.modified;
  } else {
    options.expected_absent = true;
  }
  const auto outcome = platform::replace_file(parts_.files, paths_.config,
                                              json::write_over(local.text, written), options);
  if (const auto* failure = std::get_if<platform::FileFailure>(&outcome)) {
    return platform::disk_error("write", paths_.config, *failure);
  }
  return std::get<platform::ReplaceOutcome>(outcome);
}

sync::MemoryParts ManagerDocument::memory_parts() const {
  return {.files = parts_.files,
          .clock = parts_.clock,
          .random = parts_.random,
          .paths = paths_,
          .host_name = host_name_};
}

Result<sync::Memory> ManagerDocument::recovered_memory() {
  auto memory = sync::open_memory(memory_parts(), sync::State::load(parts_.files, paths_.state));
  if (!memory) return memory;
  auto recovery = sync::recover(memory_parts(), *memory);
  if (!recovery) return std::move(recovery).error();
  if (!recovery->conflicts.empty()) parts_.settled_earlier(recovery->conflicts);
  return memory;
}

Result<SaveOutcome> ManagerDocument::save(const std::string& base, const Edit& edit,
                                          const Settlement& settlement) {
  auto lock = sync::take_lock(parts_.files, parts_.clock, parts_.environment, paths_.lock,
                              {.timeout = lock_timeout, .command = "manager"});
  if (!lock) return std::move(lock).error();
  auto memory = recovered_memory();
  if (!memory) return std::move(memory).error();
  for (int round = 0; round < rounds_max; ++round) {
    auto files = read_files();
    if (!files) return std::move(files).error();
    if (!files->local.damage.empty()) {
      return Error{ErrorKind::invalid_data, "config.json " + files->local.damage + "; not saved",
                   "mend it by hand, or bring back an earlier one from the history"};
    }
    const DocumentView current = view_of(*files);
    const auto from = base.empty() ? std::optional(current.document) : remembered(base);
    if (!from) return SaveOutcome{UnknownBase{}};
    auto mine = edit(*from);
    if (!mine) return std::move(mine).error();
    json::Value result = *std::move(mine);
    const bool is_stale = !base.empty() && base != current.revision;
    if (is_stale) {
      resolve::MergeOptions options;
      if (settlement.seen == current.revision) options.choices = settlement.choices;
      auto merged = resolve::merge(*from, result, current.document, options);
      if (!merged.settled()) {
        return SaveOutcome{Clash{std::move(merged.conflicts), current.revision, current.modified}};
      }
      result = std::move(merged.merged);
    }
    if (result == current.document) {
      return SaveOutcome{Saved{.view = current, .before = current.revision, .merged = is_stale}};
    }
    auto outcome = write(*files, result, *memory);
    if (!outcome) return std::move(outcome).error();
    if (*outcome == platform::ReplaceOutcome::changed_meanwhile) continue;
    auto view = read();
    if (!view) return std::move(view).error();
    const bool profiles_changed = config::revision_of(result) != files->local.revision;
    return SaveOutcome{Saved{.view = *std::move(view),
                             .before = current.revision,
                             .changed = true,
                             .profiles_changed = profiles_changed,
                             .merged = is_stale}};
  }
  return Error{ErrorKind::undecided, "another program keeps writing config.json; not saved",
               "try again"};
}

}  // namespace start_claude::server
