#include "platform/filesystem.h"

#include <algorithm>

#include "base/text.h"
#include "platform/in_place.h"
#include "platform/temporary_name.h"

namespace start_claude::platform {
namespace {

template <class Wanted>
void remove_temporaries(FileSystem& files, const std::string& folder, Wanted wanted) {
  const auto listing = files.list(folder);
  const auto* names = std::get_if<std::vector<std::string>>(&listing);
  if (names == nullptr) return;
  for (const std::string& name : *names) {
    const auto target = target_of_temporary(name, temporary_suffix);
    if (target && wanted(*target)) (void)files.remove(join_path(folder, name));
  }
}

/// True if `target` is no longer in the state the caller read it in.
FileResult<bool> has_changed(const FileSystem& files, const std::string& target,
                             const Fingerprint& expected) {
  const auto status = files.status(target);
  if (const auto* failure = std::get_if<FileFailure>(&status)) {
    if (failure->kind != FileFailureKind::no_such_file) return *failure;
    return true;
  }
  return std::get<FileStatus>(status).fingerprint != expected;
}

FileResult<base::Done> create_afresh(FileSystem& files, const std::string& path,
                                     const base::TextParts& text, const CreateOptions& options) {
  auto created = files.create_from(path, text, options);
  const auto* failure = std::get_if<FileFailure>(&created);
  if (failure == nullptr || failure->kind != FileFailureKind::exists) return created;
  // The name holds 64 random bits: only a run that died can have left it.
  (void)files.remove(path);
  return files.create_from(path, text, options);
}

/// The finished new content on its way to its place.
struct Replacement {
  std::string temporary;
  std::string target;
  bool is_kept = false;  ///< whatever comes of it, for the caller to remove
};

FileResult<base::Done> write_temporary(FileSystem& files, const Replacement& replacement,
                                       const base::TextParts& text, const ReplaceOptions& options) {
  auto created = create_afresh(
      files, replacement.temporary, text,
      {.mode = options.mode, .modified = options.modified, .is_synced = options.is_synced});
  if (std::holds_alternative<FileFailure>(created)) return created;
  files.keep_owner(replacement.temporary, replacement.target);
  return base::Done{};
}

/// Removes the temporary file, which is still ours.
template <class T>
T given_up(FileSystem& files, const Replacement& replacement, T why) {
  if (!replacement.is_kept) (void)files.remove(replacement.temporary);
  return why;
}

FileResult<ReplaceOutcome> rename_over(FileSystem& files, const Replacement& replacement) {
  auto renamed = files.rename(replacement.temporary, replacement.target);
  auto* failure = std::get_if<FileFailure>(&renamed);
  if (failure == nullptr) return ReplaceOutcome::replaced;
  return given_up(files, replacement, std::move(*failure));
}

/// For a target that was absent.
FileResult<ReplaceOutcome> rename_into_gap(FileSystem& files, const Replacement& replacement) {
  if (std::holds_alternative<FileStatus>(files.status(replacement.target))) {
    return given_up(files, replacement, ReplaceOutcome::changed_meanwhile);
  }
  auto renamed = files.rename_to_free(replacement.temporary, replacement.target);
  auto* failure = std::get_if<FileFailure>(&renamed);
  if (failure == nullptr) return ReplaceOutcome::replaced;
  if (failure->kind == FileFailureKind::not_supported) return rename_over(files, replacement);
  if (failure->kind == FileFailureKind::exists) {
    return given_up(files, replacement, ReplaceOutcome::changed_meanwhile);
  }
  return given_up(files, replacement, std::move(*failure));
}

/// Somebody wrote the target just before the exchange: their file goes back to its place.
FileResult<ReplaceOutcome> put_back(FileSystem& files, const Replacement& replacement,
                                    const Fingerprint& ours) {
  auto back = files.exchange(replacement.temporary, replacement.target);
  if (auto* failure = std::get_if<FileFailure>(&back)) {
    const bool was_removed = failure->kind == FileFailureKind::no_such_file;
    if (was_removed) back = files.rename_to_free(replacement.temporary, replacement.target);
    if (auto* again = std::get_if<FileFailure>(&back)) return std::move(*again);
    return ReplaceOutcome::changed_meanwhile;
  }
  const auto came = files.status(replacement.temporary);
  const auto* status = std::get_if<FileStatus>(&came);
  // Anything but our own content was written in this very moment, and is nowhere else.
  if (status == nullptr || status->fingerprint != ours) return ReplaceOutcome::changed_meanwhile;
  // A power cut may undo the exchange back and not what came later: removed by its name before the
  // exchange is on the disk, theirs would be gone. Left where it is it harms nobody.
  const auto synced = files.sync_folder(folder_of(replacement.target));
  if (const auto* failure = std::get_if<FileFailure>(&synced)) return *failure;
  return given_up(files, replacement, ReplaceOutcome::changed_meanwhile);
}

/// For a target that was read: `replacement.temporary` is of the kind displaced_files() finds.
FileResult<ReplaceOutcome> exchange_in(FileSystem& files, const Replacement& replacement,
                                       const Fingerprint& expected) {
  const std::string& temporary = replacement.temporary;
  auto own = files.status(temporary);
  if (auto* failure = std::get_if<FileFailure>(&own)) {
    return given_up(files, replacement, std::move(*failure));
  }
  auto changed = has_changed(files, replacement.target, expected);
  if (auto* failure = std::get_if<FileFailure>(&changed)) {
    return given_up(files, replacement, std::move(*failure));
  }
  if (std::get<bool>(changed))
    return given_up(files, replacement, ReplaceOutcome::changed_meanwhile);
  auto exchanged = files.exchange(temporary, replacement.target);
  if (auto* failure = std::get_if<FileFailure>(&exchanged)) {
    if (failure->kind == FileFailureKind::not_supported) return rename_over(files, replacement);
    if (failure->kind == FileFailureKind::no_such_file) {
      return given_up(files, replacement, ReplaceOutcome::changed_meanwhile);
    }
    return given_up(files, replacement, std::move(*failure));
  }
  const auto came = files.status(temporary);
  const auto* displaced = std::get_if<FileStatus>(&came);
  if (displaced == nullptr || displaced->fingerprint != expected) {
    return put_back(files, replacement, std::get<FileStatus>(own).fingerprint);
  }
  return ReplaceOutcome::replaced;
}

/// All steps but the folder's fsync.
FileResult<ReplaceOutcome> replace_by(FileSystem& files, const std::string& target,
                                      const base::TextParts& text, const ReplaceOptions& options) {
  const bool is_named_at_once = options.expected && options.is_journaled && !options.is_prepared;
  const std::string_view suffix = is_named_at_once ? exchanged_suffix : temporary_suffix;
  const Replacement plain{.temporary = temporary_beside(target, options.unique, suffix),
                          .target = target,
                          .is_kept = options.is_prepared};
  if (!options.is_prepared) {
    auto written = write_temporary(files, plain, text, options);
    if (auto* failure = std::get_if<FileFailure>(&written)) {
      return given_up(files, plain, std::move(*failure));
    }
  }
  if (options.expected_absent) return rename_into_gap(files, plain);
  if (!options.expected) return rename_over(files, plain);
  // What came out stays until the caller's journal says that it did.
  if (options.is_journaled) return exchange_in(files, plain, *options.expected);
  const Replacement named{temporary_beside(target, options.unique, exchanged_suffix), target};
  auto renamed = files.rename(plain.temporary, named.temporary);
  if (auto* failure = std::get_if<FileFailure>(&renamed)) {
    return given_up(files, plain, std::move(*failure));
  }
  auto outcome = exchange_in(files, named, *options.expected);
  const auto* ended = std::get_if<ReplaceOutcome>(&outcome);
  if (ended != nullptr && *ended == ReplaceOutcome::replaced) (void)files.remove(named.temporary);
  return outcome;
}

/// It must stay the file it is, or part from its other names.
bool is_fixed(const FileSystem& files, const std::string& target) {
  return has_other_names(files, target) || files.mount_of(target).is_mount_point;
}

std::string hint_for(FileFailureKind kind, const std::string& path) {
  switch (kind) {
    case FileFailureKind::no_permission:
      return "check the owner and the mode of " + path + " and of its folder";
    case FileFailureKind::read_only:
      return "it is on a read-only mount: change it where that comes from, or make it writable";
    case FileFailureKind::no_space:
      return "free some space on its file system, then run this again";
    case FileFailureKind::no_such_file:
    case FileFailureKind::exists:
    case FileFailureKind::not_supported:
    case FileFailureKind::not_replaceable:
    case FileFailureKind::other: break;
  }
  return {};
}

}  // namespace

bool FileSystem::holds(const std::string& path, const base::TextParts& text) const {
  const auto content = read(path);
  const auto* found = std::get_if<FileContent>(&content);
  return found != nullptr && found->bytes == text.joined().view();
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string join_path(const std::string& folder, std::string_view name) {
  std::string path = folder;
  if (!path.ends_with('/')) path += '/';
  return path.append(name);
}

FileResult<ReplaceOutcome> replace_file(FileSystem& files, const std::string& path,
                                        std::string_view bytes, const ReplaceOptions& options) {
  return replace_file(files, path, base::TextParts(base::SharedText::borrowed(bytes)), options);
}

FileResult<std::string> prepare_replacement(FileSystem& files, const std::string& path,
                                            const base::TextParts& text,
                                            const ReplaceOptions& options) {
  const auto followed = files.follow_links(path);
  if (const auto* failure = std::get_if<FileFailure>(&followed)) return *failure;
  const auto& target = std::get<std::string>(followed);
  if (options.stays_the_same_file && is_fixed(files, target)) return std::string();
  const Replacement replacement{temporary_beside(target, options.unique, temporary_suffix), target};
  auto written = write_temporary(files, replacement, text, options);
  auto* failure = std::get_if<FileFailure>(&written);
  if (failure == nullptr) return replacement.temporary;
  const bool is_guarded = failure->kind == FileFailureKind::no_permission && target != path;
  if (is_guarded && options.stays_the_same_file) return std::string();
  return given_up(files, replacement, std::move(*failure));
}

FileResult<ReplaceOutcome> replace_file(FileSystem& files, const std::string& path,
                                        const base::TextParts& text,
                                        const ReplaceOptions& options) {
  const auto followed = files.follow_links(path);
  if (const auto* failure = std::get_if<FileFailure>(&followed)) return *failure;
  const auto& target = std::get<std::string>(followed);
  const InPlaceWrite in_place{path, target, text, options};
  if (options.stays_the_same_file && is_fixed(files, target)) {
    return write_in_place(files, in_place);
  }
  auto outcome = replace_by(files, target, text, options);
  if (const auto* failure = std::get_if<FileFailure>(&outcome)) {
    const bool is_refused = failure->kind == FileFailureKind::not_replaceable;
    // Beside a link one may write where one may not beside what it leads to.
    const bool is_guarded = failure->kind == FileFailureKind::no_permission && target != path;
    if (!options.stays_the_same_file || (!is_refused && !is_guarded)) return outcome;
    auto written = write_in_place(files, in_place);
    return is_guarded && std::holds_alternative<FileFailure>(written) ? outcome : written;
  }
  if (!options.is_synced) return outcome;
  const auto synced = files.sync_folder(folder_of(target));
  if (const auto* failure = std::get_if<FileFailure>(&synced)) return *failure;
  return outcome;
}

FileResult<ReplaceOutcome> exchange_back(FileSystem& files, const std::string& path,
                                         const std::string& displaced,
                                         const Fingerprint& expected) {
  const auto followed = files.follow_links(path);
  if (const auto* failure = std::get_if<FileFailure>(&followed)) return *failure;
  const auto& target = std::get<std::string>(followed);
  if (is_fixed(files, target)) {
    return FileFailure{FileFailureKind::not_replaceable, "It must stay the file it is"};
  }
  auto outcome = exchange_in(files, {displaced, target, true}, expected);
  if (std::holds_alternative<FileFailure>(outcome)) return outcome;
  const auto synced = files.sync_folder(folder_of(target));
  if (const auto* failure = std::get_if<FileFailure>(&synced)) return *failure;
  return outcome;
}

bool has_temporaries(const FileSystem& files, const std::string& folder) {
  const auto listing = files.list(folder);
  const auto* names = std::get_if<std::vector<std::string>>(&listing);
  return names != nullptr && std::any_of(names->begin(), names->end(), [](const std::string& name) {
           return std::any_of(
               temporary_suffixes.begin(), temporary_suffixes.end(),
               [&](std::string_view suffix) { return target_of_temporary(name, suffix); });
         });
}

FileResult<std::string> displaced_name(const FileSystem& files, const std::string& path,
                                       std::uint64_t unique) {
  auto followed = files.follow_links(path);
  if (auto* failure = std::get_if<FileFailure>(&followed)) return std::move(*failure);
  return temporary_beside(std::get<std::string>(followed), unique, exchanged_suffix);
}

std::vector<std::string> displaced_files(const FileSystem& files, const std::string& path) {
  std::vector<std::string> displaced;
  const auto followed = files.follow_links(path);
  const auto* target = std::get_if<std::string>(&followed);
  if (target == nullptr) return displaced;
  const auto listing = files.list(folder_of(*target));
  const auto* names = std::get_if<std::vector<std::string>>(&listing);
  if (names == nullptr) return displaced;
  for (const std::string& name : *names) {
    if (target_of_temporary(name, exchanged_suffix) == name_of(*target)) {
      displaced.push_back(join_path(folder_of(*target), name));
    }
  }
  return displaced;
}

void remove_stale_temporaries(FileSystem& files, const std::string& path) {
  const auto followed = files.follow_links(path);
  const auto* target = std::get_if<std::string>(&followed);
  if (target == nullptr) return;
  remove_temporaries(files, folder_of(*target),
                     [name = name_of(*target)](std::string_view of) { return of == name; });
}

void remove_all_stale_temporaries(FileSystem& files, const std::string& folder) {
  remove_temporaries(files, folder, [](std::string_view) { return true; });
}

base::Error disk_error(std::string_view action, const std::string& path,
                       const FileFailure& failure) {
  std::string message = "cannot ";
  message.append(action).append(" ").append(base::printable(path)).append(": ");
  return {ErrorKind::local_disk, message + failure.reason,
          hint_for(failure.kind, base::printable(path))};
}

}  // namespace start_claude::platform
