#include "sync/local_copy.h"

#include <algorithm>
#include <chrono>
#include <string_view>

#include "base/text.h"
#include "config/document.h"
#include "json/write.h"
#include "sync/offloaded.h"

namespace start_claude::sync {
namespace {

/// The coarsest clock of a file system one may meet ticks every two seconds (FAT).
constexpr std::chrono::nanoseconds settling_time = std::chrono::seconds{2};

base::TextParts without_mark(base::TextParts text) {
  if (text.starts_with(base::byte_order_mark)) text.remove_prefix(base::byte_order_mark.size());
  return text;
}

}  // namespace

resolve::Content LocalCopy::content() const {
  if (!exists) return resolve::Missing{};
  if (!document) return resolve::Damaged{};
  return resolve::Snapshot{config::without_s3_sync(*document), revision, entries};
}

base::TextParts LocalCopy::shareable_text() const {
  if (!document) return {};
  return without_mark(json::write_over(text, *document, config::without_s3_sync(*document)));
}

base::TextParts LocalCopy::shareable_text_of(const json::Value& other) const {
  return without_mark(json::write_over(text, *document, other));
}

Result<LocalCopy> read_local(const platform::FileSystem& files, const std::string& path) {
  LocalCopy copy;
  // Asked before the file is read: a change in between then shows as a later one.
  const auto status = files.status(path);
  if (const auto* found = std::get_if<platform::FileStatus>(&status)) {
    copy.changed_ns = found->changed_ns;
  }
  auto read = files.read(path);
  if (const auto* failure = std::get_if<platform::FileFailure>(&read)) {
    if (failure->kind != platform::FileFailureKind::no_such_file) {
      return platform::disk_error("read", path, *failure);
    }
    if (auto offloaded = placeholder_instead_of(files, path)) return *std::move(offloaded);
    return copy;
  }
  auto& content = std::get<platform::FileContent>(read);
  if (content.bytes.empty()) {
    if (auto offloaded = placeholder_instead_of(files, path)) return *std::move(offloaded);
  } else if (const auto* found = std::get_if<platform::FileStatus>(&status)) {
    if (auto offloaded = hole_instead_of(*found, content.bytes, path)) return *std::move(offloaded);
  }
  copy.exists = true;
  copy.text = std::move(content.bytes);
  copy.fingerprint = content.fingerprint;
  copy.modified = content.modified;
  auto parsed = config::parse_shared_document(copy.text);
  if (!parsed) {
    copy.damage = parsed.error().message;
    return copy;
  }
  if (config::shape_of(*parsed) == config::Shape::damaged) {
    copy.damage = "is not a configuration: it must be an object whose \"configs\" is a list";
    return copy;
  }
  if (config::shape_of(*parsed) == config::Shape::nameless) {
    copy.damage = "has no profile with a name in its \"configs\"";
    return copy;
  }
  copy.document = *std::move(parsed);
  copy.revision = config::revision_of(*copy.document);
  copy.entries = config::entry_count(*copy.document);
  copy.profiles = config::profile_count(*copy.document);
  return copy;
}

std::optional<LocalCopy> known_local(const platform::FileSystem& files, const std::string& path,
                                     const KnownFile& known) {
  const auto status = files.status(path);
  const auto* found = std::get_if<platform::FileStatus>(&status);
  if (found == nullptr || found->is_folder || found->fingerprint != known.fingerprint ||
      found->changed_ns != known.changed_ns) {
    return std::nullopt;
  }
  LocalCopy copy;
  copy.exists = true;
  copy.fingerprint = found->fingerprint;
  copy.modified = found->modified;
  copy.changed_ns = found->changed_ns;
  copy.revision = known.revision;
  copy.entries = known.entries;
  copy.profiles = known.profiles;
  return copy;
}

std::optional<KnownFile> known_file(const LocalCopy& local, UtcTime began) {
  if (!local.document || local.changed_ns == 0) return std::nullopt;
  const std::chrono::nanoseconds touched{std::max(local.fingerprint.modified_ns, local.changed_ns)};
  if (began.time_since_epoch() - touched < settling_time) return std::nullopt;
  return KnownFile{.fingerprint = local.fingerprint,
                   .changed_ns = local.changed_ns,
                   .revision = local.revision,
                   .entries = local.entries,
                   .profiles = local.profiles};
}

Result<base::Done> make_durable(platform::FileSystem& files, const std::string& path) {
  const auto followed = files.follow_links(path);
  const auto* target = std::get_if<std::string>(&followed);
  if (target == nullptr) return base::Done{};
  const auto content = files.sync_file(*target);
  if (const auto* failure = std::get_if<platform::FileFailure>(&content);
      failure != nullptr && failure->kind != platform::FileFailureKind::no_such_file) {
    return platform::disk_error("sync", *target, *failure);
  }
  const std::string folder = platform::folder_of(*target);
  const auto place = files.sync_folder(folder);
  if (const auto* failure = std::get_if<platform::FileFailure>(&place)) {
    return platform::disk_error("sync", folder, *failure);
  }
  return base::Done{};
}

namespace {

base::TextParts text_of(const LocalCopy& over, const LocalWrite& write) {
  json::Value whole = write.document;
  if (over.document && config::has_s3_sync(*over.document)) {
    whole = config::with_s3_sync_of(std::move(whole), *over.document);
  } else if (write.s3_sync) {
    whole = config::with_s3_sync(std::move(whole), *write.s3_sync);
  }
  return json::write_over(write.layout, write.layout_says, whole);
}

platform::ReplaceOptions options_of(const LocalCopy& over, const LocalWrite& write) {
  platform::ReplaceOptions options{.modified = write.modified,
                                   .expected_absent = !over.exists,
                                   .stays_the_same_file = true,
                                   .unique = write.unique,
                                   .is_journaled = write.is_journaled,
                                   .is_prepared = write.is_prepared};
  if (over.exists) options.expected = over.fingerprint;
  return options;
}

template <class T>
Result<T> or_disk_error(platform::FileResult<T> outcome, const std::string& path) {
  if (const auto* failure = std::get_if<platform::FileFailure>(&outcome)) {
    return platform::disk_error("write", path, *failure);
  }
  return std::get<T>(std::move(outcome));
}

}  // namespace

Result<platform::ReplaceOutcome> write_local(platform::FileSystem& files, const LocalCopy& over,
                                             const LocalWrite& write) {
  return or_disk_error(
      platform::replace_file(files, write.path, text_of(over, write), options_of(over, write)),
      write.path);
}

Result<std::string> prepare_local(platform::FileSystem& files, const LocalCopy& over,
                                  const LocalWrite& write) {
  return or_disk_error(platform::prepare_replacement(files, write.path, text_of(over, write),
                                                     options_of(over, write)),
                       write.path);
}

}  // namespace start_claude::sync
