#include "ui/questions.h"

#include "base/text.h"

namespace start_claude::ui {
namespace {

std::string who_wrote(const sync::Situation& situation) {
  const std::string& writer = situation.remote.writer;
  return writer.empty() ? "" : " (" + base::printable(writer) + ")";
}

}  // namespace

QuestionWords words_of(const sync::Situation& situation, resolve::Topic topic) {
  using resolve::Topic;
  switch (topic) {
    case Topic::confirm_merge:
      return {"Both sides changed, in different places.", "Save here and upload?", true};
    case Topic::choose_fields:
      return {"Both sides changed the same fields.", "Which side is right for each of them?", true};
    case Topic::choose_side:
      return {"Both sides have configurations.", "What shall be done?", true};
    case Topic::replace_newer_remote:
      return {"The remote copy has edits that are not here" + who_wrote(situation) + ".",
              "Replace the remote copy with the local one?", true};
    case Topic::replace_newer_local:
      return {"The local file has edits that are not in the bucket.",
              "Replace the local configurations with the remote ones?", true};
    case Topic::recreate_remote:
      return {"The remote copy is gone though it was there.", "Upload the local one again?"};
    case Topic::repair_remote:
      return {"The remote copy " + situation.remote.damage + ".", "Replace it with the local one?"};
    case Topic::accept_empty_remote:
      return {"The remote copy has no configurations left" + who_wrote(situation) + ".",
              "Remove the local configurations, too?", true};
  }
  return {};
}

}  // namespace start_claude::ui
