#include "ui/next_step.h"

#include "base/text.h"
#include "ui/names.h"

namespace start_claude::ui {

std::string describe_next(const sync::Situation& situation) {
  const auto& resolution = situation.resolution;
  const std::string why =
      base::replace_all(std::string(name_of(resolve::cause_of(resolution))), "_", " ");
  if (std::holds_alternative<resolve::InSync>(resolution)) return "nothing to do";
  if (std::holds_alternative<resolve::Upload>(resolution)) return "upload (" + why + ")";
  if (std::holds_alternative<resolve::Download>(resolution)) return "download (" + why + ")";
  if (std::holds_alternative<resolve::Merge>(resolution)) return "merge (" + why + ")";
  if (const auto* question = std::get_if<resolve::Question>(&resolution)) {
    if (question->topic == resolve::Topic::confirm_merge) return "offer a merge (" + why + ")";
    return "ask (" + why + ")";
  }
  return "nothing, until somebody decides (" + why + ")";
}

}  // namespace start_claude::ui
