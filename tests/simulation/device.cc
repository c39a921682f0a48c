#include "simulation/device.h"

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
}

json::Value Device::document() const {
  auto parsed = config::parse_document(text());
  return parsed ? *std::move(parsed) : json::Value{};
}

bool Device::remembers(const std::string& value) const {
  const std::string folder = sync::paths_beside(support::device_config).history;
  if (text().find(value) != std::string::npos) return true;
  const auto listed = files.list(folder);
  const auto* names = std::get_if<std::vector<std::string>>(&listed);
  if (names == nullptr) return false;
  for (const std::string& file : *names) {
    const auto kept = files.text_of(platform::join_path(folder, file));
    if (kept && kept->find(value) != std::string::npos) return true;
  }
  return false;
}

}  // namespace start_claude::simulation
