#include "simulation/device.h"

#include <utility>

#include "base/text.h"
#include "config/document.h"

namespace start_claude::simulation {

std::optional<resolve::Answer> Person::ask(const sync::Situation&,
                                           const resolve::Question& question) {
  if (question.merge) told->about(question.merge->conflicts);
  think();
  switch (question.topic) {
    case resolve::Topic::choose_side:
    case resolve::Topic::choose_fields: {
      const bool is_side = question.topic == resolve::Topic::choose_side;
      if (is_side) told->about_everything("a person chose to keep both, seeing both");
      resolve::Answer answer{.option = is_side ? resolve::Option::keep_both : resolve::Option::yes};
      for (const auto& conflict : question.merge->conflicts) {
        answer.choices.push_back(
            {conflict.path, below(2) == 0 ? resolve::Side::local : resolve::Side::remote});
      }
      return answer;
    }
    case resolve::Topic::confirm_merge:
    case resolve::Topic::recreate_remote:
    case resolve::Topic::repair_remote:
    case resolve::Topic::accept_removals: return resolve::Answer{.option = resolve::Option::yes};
    case resolve::Topic::replace_newer_remote:
    case resolve::Topic::replace_newer_local:
    case resolve::Topic::accept_empty_remote: return std::nullopt;
  }
  return std::nullopt;
}

Device::Device(support::MemoryBuckets& buckets, std::string device_name, std::uint64_t seed)
    : name(std::move(device_name)),
      random(seed),
      network(buckets, clock, name),
      store(network, buckets, name) {
  (void)files.make_folder(platform::folder_of(support::device_config), 0700);
  (void)files.make_folder("/etc", 0755);
  files.write_in_place("/etc/machine-id", name);
  (void)files.sync_file("/etc/machine-id");
  (void)files.sync_folder("/etc");
  (void)files.make_folder("/proc/sys/kernel/random", 0755);
  start_system();
}

void Device::start_system() {
  const bool was_saving = std::exchange(is_saving, true);
  files.write_in_place("/proc/sys/kernel/random/boot_id", std::to_string(++boots_));
  is_saving = was_saving;
}

std::map<std::string, std::string> Device::home() const {
  const sync::Paths paths = sync::paths_beside(support::device_config);
  std::map<std::string, std::string> home;
  for (const std::string& path : {paths.config, paths.journal, paths.state}) {
    if (auto text = files.text_of(path)) home[path] = *std::move(text);
  }
  return home;
}

void Device::become(const std::map<std::string, std::string>& home) {
  const bool was_saving = std::exchange(is_saving, true);
  const sync::Paths paths = sync::paths_beside(support::device_config);
  for (const std::string& path : platform::displaced_files(files, paths.config)) {
    (void)files.remove(path);
  }
  for (const std::string& path : {paths.config, paths.journal, paths.state}) {
    const auto found = home.find(path);
    if (found == home.end()) {
      (void)files.remove(path);
      continue;
    }
    files.write_in_place(path, found->second);
    (void)files.sync_file(path);
  }
  (void)files.sync_folder(paths.folder);
  is_saving = was_saving;
}

void Device::connect_by_http() {
  is_saving = true;
  const auto state = sync::State::load(files, sync::paths_beside(support::device_config).state);
  is_saving = false;
  const std::string& bucket = support::device_object.bucket;
  client.emplace(*server, clock, random, credentials,
                 s3::resolve_endpoint({.url = "http://s3.example.org"}, bucket).value(),
                 s3::StoreOptions{.etag_unquoted = state.traits(device_remote).etag_unquoted});
  store.use(*client);
}

void Device::save(const std::string& text, bool by_renaming, bool is_synced) {
  const bool was_saving = is_saving;
  is_saving = true;
  const std::string& path = support::device_config;
  // Nothing can be renamed over a file that is mounted by itself.
  by_renaming = by_renaming && !files.mounted.contains(path);
  const std::string written = by_renaming ? path + ".editor-" + std::to_string(++saves) : path;
  files.write_in_place(written, text);
  if (is_synced) {
    (void)files.sync_file(written);
  } else {
    left_to_system_.insert(text);
  }
  if (by_renaming) (void)files.rename(written, path);
  (void)files.sync_folder(platform::folder_of(path));
  is_saving = was_saving;
}

void Device::lose_power(platform::Random& luck) {
  files.crash(luck, left_to_system_);
  left_to_system_.clear();
  start_system();
}

void Device::note_done_early() {
  const bool was_saving = std::exchange(is_saving, true);
  const sync::Paths paths = sync::paths_beside(support::device_config);
  auto memory = sync::open_memory(
      {.files = files, .clock = clock, .random = random, .paths = paths, .host_name = name}, {});
  if (memory && memory->known().intent) {
    const sync::Intent intent = *memory->known().intent;
    memory->note(sync::DoneRecord{
        .remote = intent.remote,
        .revision = intent.after,
        .clock = intent.clock,
        .agreed = sync::RemoteState{.ancestor = intent.after, .clock = intent.clock}});
    (void)memory->write(sync::Journal::Durability::now);
  }
  is_saving = was_saving;
}

json::Value Device::document() const {
  auto parsed = config::parse_document(text());
  return parsed ? *std::move(parsed) : json::Value{};
}

bool Device::remembers(const std::string& value) const {
  if (text().find(value) != std::string::npos) return true;
  const std::string journal = files.text_of(journal_path).value_or("");
  for (const std::string_view line : base::split(journal, '\n')) {
    const auto parsed = sync::parse_record(line);
    const auto* content = parsed ? std::get_if<sync::ContentRecord>(&parsed->record) : nullptr;
    if (content != nullptr && content->text.view().find(value) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace start_claude::simulation
