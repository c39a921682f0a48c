#include "simulation/simulated_files.h"

namespace start_claude::simulation {

using platform::FileResult;

void SimulatedFiles::run_was_cut_off() {
  if (mistake != Mistake::history_after_overwrite) return;
  for (const std::string& path : kept_in_this_run_) (void)inner_.remove(path);
}

FileResult<platform::FileContent> SimulatedFiles::read(const std::string& path) const {
  auto content = inner_.read(path);
  if (const auto* found = std::get_if<platform::FileContent>(&content); found && path == config_) {
    read_as_ = found->fingerprint;
  }
  return content;
}

FileResult<platform::FileStatus> SimulatedFiles::status(const std::string& path) const {
  auto status = inner_.status(path);
  auto* found = std::get_if<platform::FileStatus>(&status);
  if (found && path == config_ && read_as_ && mistake == Mistake::fingerprint_unchecked) {
    found->fingerprint = *read_as_;
  }
  return status;
}

FileResult<base::Done> SimulatedFiles::create(const std::string& path, std::string_view bytes,
                                              unsigned mode) {
  const bool is_for_config = path.find("/.config.json.") != std::string::npos;
  if (is_for_config && before_replacing) before_replacing();
  if (mistake != Mistake::content_not_synced) return inner_.create(path, bytes, mode);
  auto created = inner_.create(path, "", mode);
  if (std::holds_alternative<base::Done>(created)) inner_.write_in_place(path, bytes);
  return created;
}

FileResult<base::Done> SimulatedFiles::rename(const std::string& from, const std::string& to) {
  if (to != config_) {
    auto renamed = inner_.rename(from, to);
    const bool is_kept = to.ends_with(".json") && to.find("/history/") != std::string::npos;
    if (is_kept && std::holds_alternative<base::Done>(renamed)) kept_in_this_run_.push_back(to);
    return renamed;
  }
  if (mistake != Mistake::written_in_place) return inner_.rename(from, to);
  const std::string text = inner_.text_of(from).value_or("");
  inner_.write_in_place(to, std::string_view(text).substr(0, text.size() / 2));
  half_written();
  return inner_.rename(from, to);
}

}  // namespace start_claude::simulation
