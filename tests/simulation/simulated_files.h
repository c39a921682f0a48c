// A device's file system, with the mistakes of an engine that writes in the wrong way.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "simulation/mistakes.h"
#include "support/memory_filesystem.h"

namespace start_claude::simulation {

class SimulatedFiles final : public platform::FileSystem {
 public:
  SimulatedFiles(support::MemoryFileSystem& inner, std::string config, std::string journal)
      : inner_(inner), config_(std::move(config)), journal_(std::move(journal)) {}

  Mistake mistake = Mistake::none;
  /// Called before the file that is to replace config.json is made: for mistakes.
  std::function<void()> before_replacing;
  /// Between the two halves of a file that is written in place.
  std::function<void()> half_written;

  /// What the run wrote into the journal goes with it, if it would have been written at its end.
  void run_was_cut_off();
  void run_begins();

  platform::FileResult<platform::FileContent> read(const std::string& path) const override;
  platform::FileResult<platform::FileStatus> status(const std::string& path) const override;
  platform::MountFacts mount_of(const std::string& path) const override {
    return inner_.mount_of(path);
  }
  platform::FileResult<platform::FileRange> read_range(
      const std::string& path, const platform::RangeRequest& request) const override {
    return inner_.read_range(path, request);
  }
  platform::FileResult<platform::Appended> append(const std::string& path,
                                                  const platform::AppendRequest& request) override;
  platform::FileResult<std::string> follow_links(const std::string& path) const override {
    return inner_.follow_links(path);
  }
  platform::FileResult<std::optional<std::string>> read_link(
      const std::string& path) const override {
    return inner_.read_link(path);
  }
  platform::FileResult<std::vector<std::string>> list(const std::string& folder) const override {
    return inner_.list(folder);
  }
  platform::FileResult<base::Done> overwrite(const std::string& path,
                                             const base::TextParts& text) override;
  platform::FileResult<base::Done> create_from(const std::string& path, const base::TextParts& text,
                                               const platform::CreateOptions& options) override;
  platform::FileResult<base::Done> set_modified(const std::string& path, UtcTime time) override {
    return inner_.set_modified(path, time);
  }
  platform::FileResult<base::Done> set_mode(const std::string& path, unsigned mode) override {
    return inner_.set_mode(path, mode);
  }
  void keep_owner(const std::string& path, const std::string& model) override {
    inner_.keep_owner(path, model);
  }
  platform::FileResult<base::Done> rename(const std::string& from, const std::string& to) override {
    return inner_.rename(from, to);
  }
  platform::FileResult<base::Done> rename_to_free(const std::string& from,
                                                  const std::string& to) override {
    return inner_.rename_to_free(from, to);
  }
  platform::FileResult<base::Done> exchange(const std::string& one,
                                            const std::string& other) override;
  platform::FileResult<base::Done> remove(const std::string& path) override {
    return inner_.remove(path);
  }
  platform::FileResult<base::Done> make_folder(const std::string& path, unsigned mode) override {
    return inner_.make_folder(path, mode);
  }
  platform::FileResult<base::Done> sync_file(const std::string& path) override;
  platform::FileResult<base::Done> sync_folder(const std::string& path) override;
  platform::FileResult<std::unique_ptr<platform::FileLock>> try_lock(
      const std::string& path, std::string_view note) override {
    return inner_.try_lock(path, note);
  }

 private:
  support::MemoryFileSystem& inner_;
  std::string config_;
  mutable std::optional<platform::Fingerprint> read_as_;
  /// What came out of config.json and, by mistake, is taken for what was read.
  std::string displaced_;
  std::string journal_;
  std::size_t journal_at_begin_ = 0;
};

}  // namespace start_claude::simulation
