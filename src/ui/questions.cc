#include "ui/questions.h"

#include "base/text.h"
#include "ui/changes.h"
#include "ui/effects.h"

namespace start_claude::ui {
namespace {

using resolve::Side;
using resolve::Topic;

std::string who_wrote(const sync::Situation& situation) {
  const std::string& writer = situation.remote.writer;
  return writer.empty() ? "" : " (" + base::printable(writer) + ")";
}

/// What replacing one side by the other does, if anything is lost by it.
std::vector<resolve::Effect> effects_of_replacing(const sync::Situation& situation, Side replaced) {
  if (replaced == Side::local) {
    return resolve::effects_of(situation.input, resolve::Download{}).local;
  }
  return resolve::effects_of(situation.input, resolve::Upload{}).remote;
}

std::string with_effects(const sync::Situation& situation, Side replaced) {
  const std::string effects = format_effects(effects_of_replacing(situation, replaced));
  return effects.empty() ? "" : " Replacing it: " + effects + ".";
}

/// Appended to what is asked about the merge that would remove them.
std::string with_removals(std::string explanation, const resolve::Question& question) {
  if (question.removals.empty()) return explanation;
  return std::move(explanation) + " " + format_removals(question.removals) + ".";
}

std::string question_about(const resolve::Removals& removals) {
  return removals.from == Side::local ? "Remove them here, too?"
                                      : "Remove them in the bucket, too?";
}

}  // namespace

QuestionWords words_of(const sync::Situation& situation, const resolve::Question& question) {
  switch (question.topic) {
    case Topic::confirm_merge:
      return {with_removals("Both sides changed, in different places.", question),
              "Save here and upload?", true};
    case Topic::choose_fields:
      return {with_removals("Both sides changed the same fields.", question),
              "Which side is right for each of them?", true};
    case Topic::choose_side: return {"Both sides have profiles.", "What shall be done?", true};
    case Topic::replace_newer_remote:
      return {"The remote copy has edits that are not here" + who_wrote(situation) + "." +
                  with_effects(situation, Side::remote),
              "Replace the remote copy with the local one?", true};
    case Topic::replace_newer_local:
      return {"The local file has edits that are not in the bucket." +
                  with_effects(situation, Side::local),
              "Replace the local profiles with the remote ones?", true};
    case Topic::recreate_remote:
      return {"The remote copy is gone though it was there.", "Upload the local one again?"};
    case Topic::repair_remote:
      return {"The remote copy " + situation.remote.damage + ".", "Replace it with the local one?"};
    case Topic::accept_empty_remote:
      return {"The remote copy has no profiles left" + who_wrote(situation) + "." +
                  with_effects(situation, Side::local),
              "Remove the local profiles, too?", true};
    case Topic::accept_removals:
      return {format_removals(question.removals) +
                  (question.removals.from == Side::local ? who_wrote(situation) : "") + ".",
              question_about(question.removals), true};
  }
  return {};
}

std::string consequence_of(const sync::Situation& situation, resolve::Option option) {
  using resolve::Option;
  const bool is_replacing = option == Option::take_remote || option == Option::replace_remote;
  if (!is_replacing) return "";
  const Side replaced = option == Option::take_remote ? Side::local : Side::remote;
  std::vector<std::string> removed;
  std::vector<std::string> changed;
  for (const resolve::Effect& effect : effects_of_replacing(situation, replaced)) {
    const bool is_removed = effect.kind == resolve::Effect::Kind::removed;
    const bool is_added = effect.kind == resolve::Effect::Kind::added;
    if (!is_added) {
      (is_removed ? removed : changed)
          .push_back(base::printable(resolve::format_path(effect.path)));
    }
  }
  std::vector<std::string> parts;
  if (!removed.empty()) parts.push_back("removes " + format_list(removed));
  if (!changed.empty()) parts.push_back("replaces " + format_list(changed));
  if (parts.empty()) return "";
  return base::join(parts, " and ") + (replaced == Side::local ? " here" : "");
}

}  // namespace start_claude::ui
