#include "platform/in_place.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>
#include <vector>

#include "platform/temporary_name.h"

namespace start_claude::platform {
namespace {

using base::Done;

// The record: a line of this word, the old content's size, the new one's, and the mtime to set
// (milliseconds, or "-"); then the two contents.
constexpr std::string_view record_word = "start-claude-in-place-1";
constexpr unsigned private_mode = 0600;

std::string format_record(std::string_view before, const base::TextParts& after,
                          const std::optional<UtcTime>& modified) {
  std::string text(record_word);
  text += ' ' + std::to_string(before.size()) + ' ' + std::to_string(after.size()) + ' ';
  text += modified ? std::to_string(modified->time_since_epoch().count()) : "-";
  text += '\n';
  text += before;
  return text += after.joined().view();
}

/// Takes the text up to the next space off `text`.
std::string_view take_word(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(text.size(), word.size() + 1));
  return word;
}

std::optional<std::int64_t> number_in(std::string_view word) {
  std::int64_t number = 0;
  const char* const end = word.data() + word.size();
  const auto [stopped, error] = std::from_chars(word.data(), end, number);
  if (error != std::errc{} || stopped != end || word.empty()) return std::nullopt;
  return number;
}

std::optional<InterruptedWrite> parse_record(std::string_view text) {
  std::string_view line = text.substr(0, text.find('\n'));
  if (line.size() == text.size()) return std::nullopt;
  text.remove_prefix(line.size() + 1);
  if (take_word(line) != record_word) return std::nullopt;
  const auto before_size = number_in(take_word(line));
  const auto after_size = number_in(take_word(line));
  if (!before_size || !after_size || *before_size < 0 || *after_size < 0) return std::nullopt;
  if (static_cast<std::uint64_t>(*before_size) > text.size() ||
      static_cast<std::uint64_t>(*after_size) !=
          text.size() - static_cast<std::uint64_t>(*before_size)) {
    return std::nullopt;
  }
  const auto boundary = static_cast<std::size_t>(*before_size);
  InterruptedWrite write{.before = std::string(text.substr(0, boundary)),
                         .after = std::string(text.substr(boundary))};
  if (const auto modified = number_in(line))
    write.modified = UtcTime(std::chrono::milliseconds(*modified));
  return write;
}

/// Sorted; there is more than one only if somebody copied them.
std::vector<std::string> records_of(const FileSystem& files, const std::string& path) {
  std::vector<std::string> records;
  const std::string folder = folder_of(path);
  const auto listing = files.list(folder);
  const auto* names = std::get_if<std::vector<std::string>>(&listing);
  if (names == nullptr) return records;
  for (const std::string& name : *names) {
    if (target_of_temporary(name, in_place_suffix) == name_of(path)) {
      records.push_back(join_path(folder, name));
    }
  }
  return records;
}

std::optional<InterruptedWrite> read_record(const FileSystem& files, const std::string& record) {
  const auto read = files.read(record);
  const auto* content = std::get_if<FileContent>(&read);
  if (content == nullptr) return std::nullopt;
  auto write = parse_record(content->bytes);
  if (write) write->record = record;
  return write;
}

/// On the disk, whole, when this returns.
FileResult<std::string> keep_record(FileSystem& files, const InPlaceWrite& write,
                                    std::string_view before) {
  const std::uint64_t unique = write.options.unique;
  const std::string temporary = temporary_beside(write.path, unique, temporary_suffix);
  std::string record = temporary_beside(write.path, unique, in_place_suffix);
  (void)files.remove(temporary);
  auto kept = files.create(temporary, format_record(before, write.text, write.options.modified),
                           private_mode);
  if (std::holds_alternative<Done>(kept)) kept = files.rename(temporary, record);
  if (std::holds_alternative<Done>(kept)) kept = files.sync_folder(folder_of(record));
  auto* failure = std::get_if<FileFailure>(&kept);
  if (failure == nullptr) return record;
  (void)files.remove(temporary);
  (void)files.remove(record);
  return std::move(*failure);
}

/// The write failed in the middle, or before it: the old content goes back.
void undo(FileSystem& files, const InPlaceWrite& write, const FileContent& before,
          const std::string& record) {
  const base::TextParts old(base::SharedText::borrowed(before.bytes));
  if (!files.holds(write.target, old)) {
    (void)files.overwrite(write.target, old);
    (void)files.set_modified(write.target, before.modified);
  }
  // Otherwise the next run has to see to it.
  if (files.holds(write.target, old)) (void)files.remove(record);
}

FileResult<ReplaceOutcome> write_recorded(FileSystem& files, const InPlaceWrite& write,
                                          const FileContent& before, const std::string& record) {
  const auto status = files.status(write.target);
  const auto* now = std::get_if<FileStatus>(&status);
  if (now == nullptr || now->fingerprint != before.fingerprint) {
    (void)files.remove(record);
    return ReplaceOutcome::changed_meanwhile;
  }
  auto written = files.overwrite(write.target, write.text);
  if (auto* failure = std::get_if<FileFailure>(&written)) {
    undo(files, write, before, record);
    return std::move(*failure);
  }
  const auto after = files.status(write.target);
  const auto* found = std::get_if<FileStatus>(&after);
  const bool is_same = found != nullptr && found->fingerprint.inode == before.fingerprint.inode;
  if (!is_same || !files.holds(write.target, write.text)) {
    (void)files.remove(record);
    // Another file took the place: this one was never there. Who only edited it had it, and the
    // time of that edit stays.
    return is_same ? ReplaceOutcome::replaced : ReplaceOutcome::changed_meanwhile;
  }
  // Who may not change the mode is not the owner, who then has said what it shall be.
  if (now->mode != write.options.mode) (void)files.set_mode(write.target, write.options.mode);
  if (write.options.modified) {
    const auto set = files.set_modified(write.target, *write.options.modified);
    if (const auto* failure = std::get_if<FileFailure>(&set)) return *failure;
  }
  (void)files.remove(record);
  return ReplaceOutcome::replaced;
}

}  // namespace

bool has_other_names(const FileSystem& files, const std::string& target) {
  const auto status = files.status(target);
  const auto* found = std::get_if<FileStatus>(&status);
  return found != nullptr && !found->is_folder && found->links > 1;
}

FileResult<ReplaceOutcome> write_in_place(FileSystem& files, const InPlaceWrite& write) {
  if (write.options.expected_absent) return ReplaceOutcome::changed_meanwhile;
  auto before = files.read(write.target);
  if (auto* failure = std::get_if<FileFailure>(&before)) {
    const bool is_gone = failure->kind == FileFailureKind::no_such_file;
    if (is_gone && write.options.expected) return ReplaceOutcome::changed_meanwhile;
    return std::move(*failure);
  }
  const auto& content = std::get<FileContent>(before);
  if (write.options.expected && content.fingerprint != *write.options.expected) {
    return ReplaceOutcome::changed_meanwhile;
  }
  // Most editors leave that to the system. A power cut could else bring back what was there before
  // they saved, which is neither of the two contents that the record knows.
  const auto synced = files.sync_file(write.target);
  if (const auto* failure = std::get_if<FileFailure>(&synced)) return *failure;
  const auto record = keep_record(files, write, content.bytes);
  if (const auto* failure = std::get_if<FileFailure>(&record)) return *failure;
  return write_recorded(files, write, content, std::get<std::string>(record));
}

std::optional<InterruptedWrite> interrupted_write(FileSystem& files, const std::string& path) {
  std::optional<InterruptedWrite> found;
  for (const std::string& record : records_of(files, path)) {
    auto write = read_record(files, record);
    // A write begins once its record is whole, and there is one at a time: this one had not.
    if (!write || found) {
      (void)files.remove(record);
    } else {
      found = std::move(write);
    }
  }
  return found;
}

bool has_file_half_written(const FileSystem& files, const std::string& path) {
  const auto read = files.read(path);
  const auto* now = std::get_if<FileContent>(&read);
  if (now == nullptr) return false;
  const auto records = records_of(files, path);
  return std::any_of(records.begin(), records.end(), [&](const std::string& record) {
    const auto write = read_record(files, record);
    return write && now->bytes != write->before && now->bytes != write->after &&
           is_mixture(now->bytes, *write);
  });
}

bool is_mixture(std::string_view now, const InterruptedWrite& write) {
  const std::string_view before = write.before;
  const std::string_view after = write.after;
  if (now.size() > std::max(before.size(), after.size())) return false;
  for (std::size_t i = 0; i < now.size(); ++i) {
    const bool is_old = i < before.size() && now[i] == before[i];
    const bool is_new = i < after.size() && now[i] == after[i];
    if (!is_old && !is_new && now[i] != '\0') return false;
  }
  return true;
}

FileResult<Done> finish_write(FileSystem& files, const std::string& path,
                              const InterruptedWrite& write) {
  const auto read = files.read(path);
  if (const auto* failure = std::get_if<FileFailure>(&read)) {
    // What was mounted there is gone, and with it what there was to finish.
    if (failure->kind == FileFailureKind::no_such_file) return files.remove(write.record);
    return *failure;
  }
  const std::string& now = std::get<FileContent>(read).bytes;
  const bool is_begun = now != write.before && is_mixture(now, write);
  if (is_begun) {
    auto done = files.overwrite(path, base::TextParts(base::SharedText::borrowed(write.after)));
    if (std::holds_alternative<Done>(done) && write.modified) {
      done = files.set_modified(path, *write.modified);
    }
    if (std::holds_alternative<FileFailure>(done)) return done;
  }
  return files.remove(write.record);
}

}  // namespace start_claude::platform
