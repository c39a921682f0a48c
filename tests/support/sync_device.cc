#include "support/sync_device.h"

#include <algorithm>
#include <stdexcept>

#include "config/document.h"
#include "json/write.h"
#include "sync/recovery.h"

namespace start_claude::support {

std::string revision_of(const std::string& text) {
  return config::revision_of(*config::parse_document(text));
}

std::optional<resolve::Answer> ScriptedConversation::ask(const sync::Situation&,
                                                         const resolve::Question& question) {
  asked.push_back(question.topic);
  if (while_asked) while_asked();
  if (takes && question.topic == resolve::Topic::choose_fields) {
    resolve::Answer answer{.option = resolve::Option::yes};
    for (const auto& conflict : question.merge->conflicts) {
      answer.choices.push_back({conflict.path, *takes});
    }
    return answer;
  }
  if (answers.empty()) return std::nullopt;
  resolve::Answer answer = std::move(answers.front());
  answers.pop_front();
  return answer;
}

bool ScriptedConversation::confirm(const sync::Situation&, const resolve::Resolution&) {
  if (answers.empty()) return false;
  const bool yes = answers.front().option == resolve::Option::yes;
  answers.pop_front();
  return yes;
}

void ScriptedConversation::started_over(const std::string& writer, int) {
  raced_by.push_back(writer);
}

void ScriptedConversation::settled_earlier(const std::vector<resolve::FieldChange>& conflicts) {
  for (const auto& conflict : conflicts) lost.push_back(resolve::format_path(conflict.path));
}

SyncDevice::SyncDevice(MemoryBuckets& buckets, std::string device_name, std::uint64_t seed)
    : random(seed), store(buckets, clock, device_name), name(std::move(device_name)) {
  (void)files.make_folder(platform::folder_of(device_config), 0700);
}

void SyncDevice::edit(const std::string& text) { files.write_in_place(device_config, text); }

std::string SyncDevice::configs(const std::vector<std::pair<std::string, std::string>>& profiles) {
  json::Array list;
  for (const auto& [profile, model] : profiles) {
    list.emplace_back(json::Object{{"name", profile}, {"model", model}});
  }
  return json::write_pretty(json::Object{{"configs", std::move(list)}});
}

Result<sync::RunReport> SyncDevice::run(const sync::RunRequest& request) {
  // As every caller of the engine does.
  if (!request.dry_run) {
    auto finished = sync::finish_interrupted_writes(memory_parts());
    if (!finished) return std::move(finished).error();
  }
  sync::Engine engine({files, clock, random, store, conversation},
                      {.paths = paths, .remote = remote, .host_name = name});
  return engine.run(request);
}

sync::Memory SyncDevice::memory() {
  auto opened = sync::open_memory(memory_parts(), sync::State::load(files, paths.state));
  if (!opened) throw std::runtime_error(opened.error().message);
  return *std::move(opened);
}

bool SyncDevice::has_kept(std::string_view part) {
  const auto kept = memory().contents();
  return kept && std::any_of(kept->begin(), kept->end(), [&](const sync::KeptEntry& entry) {
           return entry.content.text.view().find(part) != std::string_view::npos;
         });
}

Result<sync::RunReport> SyncDevice::sync_unattended() {
  return run({.occasion = resolve::Occasion::unattended});
}

Result<sync::RunReport> SyncDevice::sync_by_hand(std::deque<resolve::Answer> answers) {
  conversation.answers = std::move(answers);
  return run({});
}

std::size_t SyncDevice::requests() {
  const std::size_t sent = store.call_count() - requests_told_;
  requests_told_ = store.call_count();
  return sent;
}

}  // namespace start_claude::support
