#include "simulation/simulated_files.h"

namespace start_claude::simulation {

using platform::FileResult;

void SimulatedFiles::run_begins() {
  journal_at_begin_ = inner_.text_of(journal_).value_or("").size();
}

void SimulatedFiles::run_was_cut_off() {
  if (mistake != Mistake::journal_after_deed || !inner_.text_of(journal_)) return;
  (void)inner_.append(journal_, {.offset = journal_at_begin_, .is_synced = true});
}

FileResult<platform::FileContent> SimulatedFiles::read(const std::string& path) const {
  if (mistake == Mistake::displaced_forgotten && path.ends_with("-old")) {
    return platform::FileFailure{platform::FileFailureKind::no_such_file, "not looked at"};
  }
  auto content = inner_.read(path);
  if (const auto* found = std::get_if<platform::FileContent>(&content); found && path == config_) {
    read_as_ = found->fingerprint;
  }
  return content;
}

FileResult<platform::Appended> SimulatedFiles::append(const std::string& path,
                                                      const platform::AppendRequest& request) {
  platform::AppendRequest mistaken = request;
  if (mistake == Mistake::journal_not_synced) mistaken.is_synced = false;
  return inner_.append(path, mistaken);
}

FileResult<platform::FileStatus> SimulatedFiles::status(const std::string& path) const {
  auto status = inner_.status(path);
  if (!read_as_) return status;
  const bool is_unchecked = path == config_ && mistake == Mistake::fingerprint_unchecked;
  const bool is_unlooked_at = path == displaced_;
  if (!is_unchecked && !is_unlooked_at) return status;
  platform::FileStatus as_read;
  if (const auto* found = std::get_if<platform::FileStatus>(&status)) as_read = *found;
  as_read.fingerprint = *read_as_;
  return as_read;
}

FileResult<base::Done> SimulatedFiles::create_from(const std::string& path,
                                                   const base::TextParts& text,
                                                   const platform::CreateOptions& options) {
  const bool is_for_config = path.find("/.config.json.") != std::string::npos;
  if (is_for_config && before_replacing) before_replacing();
  platform::CreateOptions mistaken = options;
  if (mistake == Mistake::content_not_synced) mistaken.is_synced = false;
  return inner_.create_from(path, text, mistaken);
}

FileResult<base::Done> SimulatedFiles::overwrite(const std::string& path,
                                                 const base::TextParts& text) {
  return inner_.overwrite(path, text);
}

FileResult<base::Done> SimulatedFiles::exchange(const std::string& one, const std::string& other) {
  const bool is_put_back = displaced_ == one;
  if (other != config_ || is_put_back) return inner_.exchange(one, other);
  if (mistake == Mistake::written_in_place) {
    const std::string text = inner_.text_of(one).value_or("");
    inner_.write_in_place(other, std::string_view(text).substr(0, text.size() / 2));
    half_written();
  }
  auto exchanged = inner_.exchange(one, other);
  const bool looks = mistake != Mistake::written_in_place &&
                     mistake != Mistake::fingerprint_unchecked &&
                     mistake != Mistake::displaced_unchecked;
  if (!looks && std::holds_alternative<base::Done>(exchanged)) displaced_ = one;
  return exchanged;
}

FileResult<base::Done> SimulatedFiles::sync_file(const std::string& path) {
  if (mistake == Mistake::edit_not_synced) return base::Done{};
  return inner_.sync_file(path);
}

FileResult<base::Done> SimulatedFiles::sync_folder(const std::string& path) {
  if (mistake == Mistake::folder_not_synced) return base::Done{};
  return inner_.sync_folder(path);
}

}  // namespace start_claude::simulation
