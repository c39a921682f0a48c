#include "ui/conversation.h"

#include "base/text.h"
#include "config/document.h"
#include "config/profile.h"
#include "ui/changes.h"
#include "ui/effects.h"
#include "ui/questions.h"
#include "ui/sides.h"
#include "ui/table.h"

namespace start_claude::ui {
namespace {

using resolve::Answer;
using resolve::NewerSide;
using resolve::Option;
using resolve::Question;
using resolve::Side;
using resolve::Topic;

std::string_view key_of(Option option) {
  switch (option) {
    case Option::yes: return "y";
    case Option::no: return "n";
    case Option::keep_both: return "m";
    case Option::take_remote: return "d";
    case Option::replace_remote: return "u";
    case Option::view_differences: return "v";
    case Option::leave_both: return "q";
  }
  return "q";
}

std::string label_of_keeping_both(const Question& question) {
  std::string label = "keep all " + std::to_string(config::profile_count(question.merge->merged));
  const auto conflicts = without_default(question.merge->conflicts);
  if (conflicts.empty()) return label;
  const std::string fields = format_names(conflicts);
  switch (question.preselected) {
    case NewerSide::local: return label + ", " + fields + " from here";
    case NewerSide::remote: return label + ", " + fields + " from the bucket";
    case NewerSide::neither: return label + ", and choose " + fields;
  }
  return label;
}

/// "keep all 3", "take the bucket's: removes laptop here".
std::string label_of(const sync::Situation& situation, const Question& question, Option option) {
  const std::string consequence = consequence_of(situation, option);
  const std::string then = consequence.empty() ? "" : ": " + consequence;
  switch (option) {
    case Option::yes: return "yes";
    case Option::no: return "no";
    case Option::keep_both: return label_of_keeping_both(question);
    case Option::take_remote: return "take the bucket's" + then;
    case Option::replace_remote: return "replace the bucket's" + then;
    case Option::view_differences: return "view";
    case Option::leave_both: return "leave both";
  }
  return "leave both";
}

/// The names of the profiles on a side, as a person knows them.
std::string names_on(const resolve::SideState& side) {
  const json::Value* configs = side.snapshot()->document.find("configs");
  std::vector<std::string> names;
  if (configs == nullptr || configs->as_array() == nullptr) return "none";
  for (const json::Value& profile : *configs->as_array()) {
    if (config::is_tombstone(profile)) continue;
    const std::string name = config::name_of(profile);
    names.push_back(name.empty() ? "(no name)" : base::printable(name, 40));
  }
  return names.empty() ? "none" : format_list(names);
}

}  // namespace

void TerminalConversation::explain_skew(const sync::Situation& situation) {
  const std::string warning = format_skew_warning(situation.skew);
  if (warning.empty() || skew_told_) return;
  skew_told_ = true;
  console_.warn(warning);
}

void TerminalConversation::explain_sides(const sync::Situation& situation) {
  for (const std::string& line : format_sides(console_, situation)) console_.explain(line);
}

void TerminalConversation::explain_both_changed(const sync::Situation& situation,
                                                const resolve::MergeResult& merge) {
  std::string since = "Both sides changed";
  if (situation.remembered.modified) {
    since += " since " + console_.time(*situation.remembered.modified);
  }
  console_.explain(since + ".");
  const auto lines =
      format_table({{"local", console_.time(situation.input.local.modified),
                     base::printable(host_name_), summarize_changes(merge, Side::local)},
                    {"remote", console_.time(situation.remote.modified),
                     base::printable(situation.remote.writer.empty() ? std::string("another writer")
                                                                     : situation.remote.writer),
                     summarize_changes(merge, Side::remote)}},
                   2);
  for (const std::string& line : lines) console_.explain(line);
}

std::optional<Answer> TerminalConversation::ask_yes_or_no(const Question& question,
                                                          std::string_view text) {
  const bool suggested = question.default_option == Option::yes;
  const auto given = prompt_.yes_or_no(text, suggested);
  if (!given) return std::nullopt;
  return Answer{.option = *given ? Option::yes : Option::no};
}

std::optional<Answer> TerminalConversation::ask_for_merge(const sync::Situation& situation,
                                                          const Question& question) {
  explain_both_changed(situation, *question.merge);
  console_.explain("Merge, no overlap:");
  for (const std::string& line : format_merge(*question.merge)) console_.explain(line);
  if (!question.removals.empty()) console_.explain(format_removals(question.removals) + ".");
  const bool uploads = resolve::may_upload(situation.input);
  return ask_yes_or_no(question, uploads ? "Save here and upload?" : "Save here?");
}

std::optional<Answer> TerminalConversation::choose_fields(
    const sync::Situation& situation, const Question& question, Option option,
    const std::vector<resolve::FieldChange>& conflicts) {
  console_.explain(base::count_of(conflicts.size(), "field") +
                   " changed on both sides. For each: l) local  r) remote  q) leave both");
  Answer answer{.option = option};
  for (const auto& conflict : conflicts) {
    console_.explain("  " + base::printable(resolve::format_path(conflict.path)));
    for (const std::string& line :
         format_table({{"was", format_value(conflict.path, conflict.ancestor)},
                       {"local", format_value(conflict.path, conflict.local),
                        newer_by(situation, Side::local)},
                       {"remote", format_value(conflict.path, conflict.remote),
                        newer_by(situation, Side::remote)}},
                      4)) {
      console_.explain(line);
    }
    const auto preselected = resolve::preselected_side(question, conflict);
    const std::string_view suggested = !preselected ? "" : *preselected == Side::local ? "l" : "r";
    const auto chosen = prompt_.choose("  Take", {"l", "r", "q"}, suggested);
    if (!chosen) return std::nullopt;
    if (*chosen == 2) return Answer{.option = Option::leave_both};
    answer.choices.push_back({conflict.path, *chosen == 0 ? Side::local : Side::remote});
  }
  return answer;
}

std::optional<Answer> TerminalConversation::ask_for_fields(const sync::Situation& situation,
                                                           const Question& question) {
  explain_both_changed(situation, *question.merge);
  auto answer = choose_fields(situation, question, Option::yes, question.merge->conflicts);
  const bool may_remove = answer && answer->option == Option::yes && !question.removals.empty();
  if (!may_remove) return answer;
  console_.explain(format_removals(question.removals) + ".");
  const auto removes = prompt_.yes_or_no("Save all the same?", false);
  if (!removes) return std::nullopt;
  return *removes ? answer : Answer{.option = Option::no};
}

void TerminalConversation::explain_sides_by_name(const sync::Situation& situation) {
  const resolve::Input& input = situation.input;
  const std::string& writer = situation.remote.writer;
  const auto lines = format_table(
      {{"here", names_on(input.local), console_.time(input.local.modified),
        newer_by(situation, Side::local)},
       {"bucket", names_on(input.remote), console_.time(situation.remote.modified),
        newer_by(situation, Side::remote), writer.empty() ? "" : "by " + base::printable(writer)}},
      2);
  for (const std::string& line : lines) console_.explain(line);
}

std::optional<Answer> TerminalConversation::ask_for_side(const sync::Situation& situation,
                                                         const Question& question) {
  console_.explain(words_of(situation, question).explanation);
  explain_sides_by_name(situation);
  std::vector<std::string> keys;
  std::string choices;
  for (const Option option : question.options) {
    keys.emplace_back(key_of(option));
    if (!choices.empty()) choices += "   ";
    choices += std::string(key_of(option)) + ") " + label_of(situation, question, option);
  }
  while (true) {
    console_.explain(choices);
    const auto chosen = prompt_.choose("Choose", keys, key_of(question.default_option));
    if (!chosen) return std::nullopt;
    const Option option = question.options[*chosen];
    if (option == Option::keep_both && !question.merge->settled()) {
      return choose_fields(situation, question, option, resolve::open_conflicts(*question.merge));
    }
    if (option != Option::view_differences) return Answer{.option = option};
    const auto differences = resolve::differences(situation.input.local.snapshot()->document,
                                                  situation.input.remote.snapshot()->document);
    for (const std::string& line : format_differences(differences)) console_.explain(line);
  }
}

Answer TerminalConversation::default_answer(const Question& question) const {
  Answer answer = resolve::suggested_answer(question);
  if (answers_ == Answers::forced && !question.removals.empty()) answer.option = Option::yes;
  return answer;
}

std::optional<Answer> TerminalConversation::ask(const sync::Situation& situation,
                                                const Question& question) {
  if (answers_ != Answers::typed) return default_answer(question);
  explain_skew(situation);
  // Whoever ends the input at a question has read it, and wants nothing done.
  return ask_person(situation, question).value_or(Answer{.option = Option::no});
}

std::optional<Answer> TerminalConversation::ask_person(const sync::Situation& situation,
                                                       const Question& question) {
  switch (question.topic) {
    case Topic::confirm_merge: return ask_for_merge(situation, question);
    case Topic::choose_fields: return ask_for_fields(situation, question);
    case Topic::choose_side: return ask_for_side(situation, question);
    case Topic::replace_newer_remote:
    case Topic::replace_newer_local:
    case Topic::recreate_remote:
    case Topic::repair_remote:
    case Topic::accept_empty_remote:
    case Topic::accept_removals: break;
  }
  const QuestionWords words = words_of(situation, question);
  console_.explain(words.explanation);
  if (words.compares_sides) explain_sides(situation);
  return ask_yes_or_no(question, words.question);
}

bool TerminalConversation::confirm(const sync::Situation& situation,
                                   const resolve::Resolution& resolution) {
  explain_skew(situation);
  explain_sides(situation);
  if (answers_ != Answers::typed) return true;
  std::string_view text = "Merge and upload?";
  if (std::holds_alternative<resolve::Upload>(resolution)) text = "Upload the local copy?";
  if (std::holds_alternative<resolve::Download>(resolution)) text = "Download the remote copy?";
  return prompt_.yes_or_no(text, true).value_or(false);
}

void TerminalConversation::started_over(const std::string& writer, int round) {
  const std::string who = writer.empty() ? "Somebody" : base::printable(writer);
  if (console_.quiet() || console_.json()) return;
  console_.explain(who + " wrote again meanwhile; merging again (round " + std::to_string(round) +
                   ").");
}

void TerminalConversation::settled_earlier(const std::vector<resolve::FieldChange>& fields) {
  console_.warn(format_settled_earlier(fields));
}

}  // namespace start_claude::ui
