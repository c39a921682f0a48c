#include "platform/filesystem.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"

namespace start_claude::platform {
namespace {

// A temporary file is ".NAME.", 16 hexadecimal digits, and this: hidden, beside its target, and
// nothing a person would name a file.
constexpr std::string_view temporary_suffix = ".start-claude-tmp";
constexpr std::size_t unique_digits = 16;

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string hex_of(std::uint64_t number) {
  std::string bytes(unique_digits / 2, '\0');
  for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte, number >>= 8U) {
    *byte = static_cast<char>(number & 0xFFU);
  }
  return base::to_hex(bytes);
}

std::string temporary_beside(const std::string& target, std::uint64_t unique) {
  return join_path(folder_of(target),
                   '.' + name_of(target) + '.' + hex_of(unique) + std::string(temporary_suffix));
}

/// The name of the file that `name` is a temporary of; nothing if it is no temporary.
std::optional<std::string_view> target_of_temporary(std::string_view name) {
  constexpr std::size_t length_min = 1 + 1 + 1 + unique_digits + temporary_suffix.size();
  if (name.size() < length_min || !name.starts_with('.')) return std::nullopt;
  if (!name.ends_with(temporary_suffix)) return std::nullopt;
  name.remove_prefix(1);
  name.remove_suffix(temporary_suffix.size());
  const std::string_view digits = name.substr(name.size() - unique_digits);
  name.remove_suffix(unique_digits);
  if (!base::from_hex(digits) || !name.ends_with('.')) return std::nullopt;
  return name.substr(0, name.size() - 1);
}

template <class Wanted>
void remove_temporaries(FileSystem& files, const std::string& folder, Wanted wanted) {
  const auto listing = files.list(folder);
  const auto* names = std::get_if<std::vector<std::string>>(&listing);
  if (names == nullptr) return;
  for (const std::string& name : *names) {
    const auto target = target_of_temporary(name);
    if (target && wanted(*target)) (void)files.remove(join_path(folder, name));
  }
}

/// True if `target` is no longer in the state the caller read it in.
FileResult<bool> has_changed(const FileSystem& files, const std::string& target,
                             const ReplaceOptions& options) {
  if (!options.expected && !options.expected_absent) return false;
  const auto status = files.status(target);
  if (const auto* failure = std::get_if<FileFailure>(&status)) {
    if (failure->kind != FileFailureKind::no_such_file) return *failure;
    return !options.expected_absent;
  }
  return options.expected_absent || std::get<FileStatus>(status).fingerprint != *options.expected;
}

FileResult<base::Done> create_afresh(FileSystem& files, const std::string& path,
                                     std::string_view bytes, unsigned mode) {
  auto created = files.create(path, bytes, mode);
  const auto* failure = std::get_if<FileFailure>(&created);
  if (failure == nullptr || failure->kind != FileFailureKind::exists) return created;
  // The name holds 64 random bits: only a run that died can have left it.
  (void)files.remove(path);
  return files.create(path, bytes, mode);
}

/// All steps up to and including the rename.
FileResult<ReplaceOutcome> replace_by(FileSystem& files, const std::string& temporary,
                                      const std::string& target, std::string_view bytes,
                                      const ReplaceOptions& options) {
  const auto created = create_afresh(files, temporary, bytes, options.mode);
  if (const auto* failure = std::get_if<FileFailure>(&created)) return *failure;
  files.keep_owner(temporary, target);
  if (options.modified) {
    const auto dated = files.set_modified(temporary, *options.modified);
    if (const auto* failure = std::get_if<FileFailure>(&dated)) return *failure;
  }
  const auto changed = has_changed(files, target, options);
  if (const auto* failure = std::get_if<FileFailure>(&changed)) return *failure;
  if (std::get<bool>(changed)) return ReplaceOutcome::changed_meanwhile;
  const auto renamed = files.rename(temporary, target);
  if (const auto* failure = std::get_if<FileFailure>(&renamed)) return *failure;
  return ReplaceOutcome::replaced;
}

std::string hint_for(FileFailureKind kind, const std::string& path) {
  switch (kind) {
    case FileFailureKind::no_permission:
      return "check the owner and the mode of " + path + " and of its folder";
    case FileFailureKind::no_space:
      return "free some space on its file system, then run this again";
    case FileFailureKind::no_such_file:
    case FileFailureKind::exists:
    case FileFailureKind::other: break;
  }
  return {};
}

}  // namespace

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string join_path(const std::string& folder, std::string_view name) {
  std::string path = folder;
  if (!path.ends_with('/')) path += '/';
  return path.append(name);
}

FileResult<ReplaceOutcome> replace_file(FileSystem& files, const std::string& path,
                                        std::string_view bytes, const ReplaceOptions& options) {
  const auto followed = files.follow_links(path);
  if (const auto* failure = std::get_if<FileFailure>(&followed)) return *failure;
  const auto& target = std::get<std::string>(followed);
  const std::string temporary = temporary_beside(target, options.unique);
  auto outcome = replace_by(files, temporary, target, bytes, options);
  const auto* reached = std::get_if<ReplaceOutcome>(&outcome);
  if (reached == nullptr || *reached != ReplaceOutcome::replaced) {
    (void)files.remove(temporary);
    return outcome;
  }
  const auto synced = files.sync_folder(folder_of(target));
  if (const auto* failure = std::get_if<FileFailure>(&synced)) return *failure;
  return outcome;
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
