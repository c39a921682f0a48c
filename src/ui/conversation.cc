#include "ui/conversation.h"

#include "base/text.h"
#include "ui/changes.h"
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
    case Option::download_and_merge: return "d";
    case Option::upload: return "u";
    case Option::view_differences: return "v";
    case Option::leave_both: return "q";
  }
  return "q";
}

std::string_view label_of(Option option) {
  switch (option) {
    case Option::yes: return "yes";
    case Option::no: return "no";
    case Option::download_and_merge: return "download and merge";
    case Option::upload: return "upload";
    case Option::view_differences: return "view differences";
    case Option::leave_both: return "leave both";
  }
  return "leave both";
}

/// Nothing where the default is to do nothing: no person said so, and the run says why it is held.
std::optional<Answer> default_answer(const Question& question) {
  Answer answer{.option = question.default_option};
  if (answer.option == Option::no || answer.option == Option::leave_both) return std::nullopt;
  if (question.topic != Topic::choose_fields) return answer;
  if (question.preselected == NewerSide::neither) return std::nullopt;
  const Side side = question.preselected == NewerSide::local ? Side::local : Side::remote;
  for (const auto& conflict : question.merge->conflicts) {
    answer.choices.push_back({conflict.path, side});
  }
  return answer;
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
  const bool uploads = resolve::may_upload(situation.input);
  return ask_yes_or_no(question, uploads ? "Save here and upload?" : "Save here?");
}

std::optional<Answer> TerminalConversation::ask_for_fields(const sync::Situation& situation,
                                                           const Question& question) {
  explain_both_changed(situation, *question.merge);
  const auto& conflicts = question.merge->conflicts;
  console_.explain(base::count_of(conflicts.size(), "field") +
                   " changed on both sides. For each: l) local  r) remote  q) leave both");
  Answer answer{.option = Option::yes};
  std::string_view suggested;
  if (question.preselected == NewerSide::local) suggested = "l";
  if (question.preselected == NewerSide::remote) suggested = "r";
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
    const auto chosen = prompt_.choose("  Take", {"l", "r", "q"}, suggested);
    if (!chosen) return std::nullopt;
    if (*chosen == 2) return Answer{.option = Option::no};
    answer.choices.push_back({conflict.path, *chosen == 0 ? Side::local : Side::remote});
  }
  return answer;
}

std::optional<Answer> TerminalConversation::ask_for_side(const sync::Situation& situation,
                                                         const Question& question) {
  console_.explain(words_of(situation, question.topic).explanation);
  explain_sides(situation);
  std::vector<std::string> keys;
  std::string choices;
  for (const Option option : question.options) {
    keys.emplace_back(key_of(option));
    if (!choices.empty()) choices += "  ";
    choices += std::string(key_of(option)) + ") " + std::string(label_of(option));
  }
  while (true) {
    console_.explain(choices);
    const auto chosen = prompt_.choose("Choose", keys, key_of(question.default_option));
    if (!chosen) return std::nullopt;
    const Option option = question.options[*chosen];
    if (option != Option::view_differences) return Answer{.option = option};
    const auto differences = resolve::differences(situation.input.local.snapshot()->document,
                                                  situation.input.remote.snapshot()->document);
    for (const std::string& line : format_differences(differences)) console_.explain(line);
  }
}

std::optional<Answer> TerminalConversation::ask(const sync::Situation& situation,
                                                const Question& question) {
  explain_skew(situation);
  if (answers_ == Answers::defaults) return default_answer(question);
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
    case Topic::accept_empty_remote: break;
  }
  const QuestionWords words = words_of(situation, question.topic);
  console_.explain(words.explanation);
  if (words.compares_sides) explain_sides(situation);
  return ask_yes_or_no(question, words.question);
}

bool TerminalConversation::confirm(const sync::Situation& situation,
                                   const resolve::Resolution& resolution) {
  explain_skew(situation);
  explain_sides(situation);
  if (answers_ == Answers::defaults) return true;
  std::string_view text = "Merge and upload?";
  if (std::holds_alternative<resolve::Upload>(resolution)) text = "Upload the local copy?";
  if (std::holds_alternative<resolve::Download>(resolution)) text = "Download the remote copy?";
  return prompt_.yes_or_no(text, true).value_or(false);
}

void TerminalConversation::started_over(const std::string& writer, int round) {
  const std::string who = writer.empty() ? "Somebody" : base::printable(writer);
  if (console_.quiet() || console_.json()) return;
  console_.explain(who + " wrote again meanwhile; merging again (" + std::to_string(round) +
                   " of " + std::to_string(sync::rounds_max) + ").");
}

void TerminalConversation::settled_earlier(const std::vector<resolve::FieldChange>& fields) {
  console_.warn(format_settled_earlier(fields));
}

}  // namespace start_claude::ui
