#include "cli/page_conversation.h"

#include "base/text.h"
#include "base/time.h"
#include "config/profile.h"
#include "server/manager_json.h"
#include "ui/changes.h"
#include "ui/names.h"
#include "ui/questions.h"
#include "ui/sides.h"

namespace start_claude::cli {
namespace {

/// What names one state of a side; a damaged remote copy has no revision, but an ETag.
std::string mark_of(const sync::LocalCopy& local) {
  return local.revision.empty() ? local.damage : local.revision;
}
std::string mark_of(const sync::RemoteCopy& remote) {
  return remote.revision.empty() ? remote.etag.raw : remote.revision;
}

/// The names of the profiles on a side; none where nothing is there that could be read.
json::Array names_on(const resolve::SideState& side) {
  json::Array names;
  const resolve::Snapshot* snapshot = side.snapshot();
  const json::Value* configs = snapshot != nullptr ? snapshot->document.find("configs") : nullptr;
  if (configs == nullptr || configs->as_array() == nullptr) return names;
  for (const json::Value& profile : *configs->as_array()) {
    if (!config::is_tombstone(profile)) names.emplace_back(config::name_of(profile));
  }
  return names;
}

void set_time(json::Object& side, const std::optional<UtcTime>& time) {
  if (time) side.set("modified", base::format_rfc3339(*time));
}

json::Value count_value(std::size_t count) {
  return json::Value::integer(static_cast<long long>(count));
}

json::Value json_of(const resolve::MergeResult& merge) {
  json::Array changes;
  for (const resolve::FieldChange& change : merge.changes) {
    json::Value shown = server::json_of(change);
    const bool is_open = change.reason == resolve::Reason::unsettled;
    shown.as_object()->set("from",
                           is_open ? std::string_view("both") : ui::name_of(change.taken_from));
    changes.push_back(std::move(shown));
  }
  return changes;
}

/// What must be chosen, or may be. Where both are kept, the rest has its side.
json::Value conflicts_of(const resolve::Question& question) {
  json::Array conflicts;
  if (!question.merge) return conflicts;
  for (const auto& conflict : question.merge->conflicts) {
    const bool is_open = conflict.reason == resolve::Reason::unsettled;
    if (question.topic == resolve::Topic::choose_side && !is_open) continue;
    json::Value shown = server::json_of(conflict);
    const auto side = resolve::preselected_side(question, conflict);
    shown.as_object()->set("preselected", side ? ui::name_of(*side) : "neither");
    conflicts.push_back(std::move(shown));
  }
  return conflicts;
}

std::string_view name_of(resolve::NewerSide side) {
  switch (side) {
    case resolve::NewerSide::local: return "local";
    case resolve::NewerSide::remote: return "remote";
    case resolve::NewerSide::neither: return "neither";
  }
  return "neither";
}

}  // namespace

std::optional<resolve::Answer> PageConversation::ask(const sync::Situation& situation,
                                                     const resolve::Question& question) {
  const bool is_about_this = answer_ && answer_->topic == question.topic &&
                             answer_->local == mark_of(situation.local) &&
                             answer_->remote == mark_of(situation.remote);
  if (is_about_this) {
    unanswered_.reset();
    return answer_->takes_suggestion ? resolve::suggested_answer(question) : answer_->answer;
  }
  unanswered_ = Asked{situation, question};
  return std::nullopt;
}

void PageConversation::settled_earlier(const std::vector<resolve::FieldChange>& fields) {
  warn_(ui::format_settled_earlier(fields));
}

json::Value describe_question(const PageConversation::Asked& asked, const ui::Console& console,
                              const std::string& host_name) {
  const sync::Situation& situation = asked.situation;
  const resolve::Question& question = asked.question;
  const ui::QuestionWords words = ui::words_of(situation, question);
  json::Array options;
  json::Object consequences;
  for (const auto option : question.options) {
    options.emplace_back(server::name_of(option));
    const std::string consequence = ui::consequence_of(situation, option);
    if (!consequence.empty()) consequences.set(server::name_of(option), consequence);
  }
  json::Value changes = json::Array{};
  if (question.topic == resolve::Topic::choose_side) {
    json::Array fields;
    for (const auto& difference :
         resolve::differences(situation.input.local.snapshot()->document,
                              situation.input.remote.snapshot()->document)) {
      fields.push_back(server::json_of(difference));
    }
    changes = std::move(fields);
  } else if (question.merge) {
    changes = json_of(*question.merge);
  }
  json::Object local{{"writer", host_name},
                     {"configurations", count_value(situation.local.profiles)},
                     {"profiles", names_on(situation.input.local)},
                     {"newer", ui::newer_by(situation, resolve::Side::local)}};
  if (situation.local.exists) {
    set_time(local, situation.input.local.modified);
    local.set("time", console.time(situation.input.local.modified));
  }
  json::Object remote{{"writer", base::printable(situation.remote.writer)},
                      {"configurations", count_value(situation.remote.profiles)},
                      {"profiles", names_on(situation.input.remote)},
                      {"newer", ui::newer_by(situation, resolve::Side::remote)}};
  if (situation.remote.exists) {
    set_time(remote, situation.remote.modified);
    remote.set("time", console.time(situation.remote.modified));
  }
  return json::Object{{"topic", server::name_of(question.topic)},
                      {"reason", ui::name_of(question.cause)},
                      {"explanation", words.explanation},
                      {"question", words.question},
                      {"options", std::move(options)},
                      {"consequences", std::move(consequences)},
                      {"default", server::name_of(question.default_option)},
                      {"preselected", name_of(question.preselected)},
                      {"conflicts", conflicts_of(question)},
                      {"changes", std::move(changes)},
                      {"local", std::move(local)},
                      {"remote", std::move(remote)},
                      {"skew", ui::format_skew_warning(situation.skew)},
                      {"seen", json::Object{{"local", mark_of(situation.local)},
                                            {"remote", mark_of(situation.remote)}}}};
}

}  // namespace start_claude::cli
