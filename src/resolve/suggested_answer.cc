// What whoever answers nothing in particular gets: Enter, --yes, and the page's request without a
// choice.
#include "resolve/resolve.h"

namespace start_claude::resolve {

Answer suggested_answer(const Question& question) {
  Answer suggested{.option = question.default_option, .by = AnsweredBy::default_answer};
  if (question.topic != Topic::choose_fields) return suggested;
  for (const FieldChange& conflict : question.merge->conflicts) {
    if (const auto side = preselected_side(question, conflict)) {
      suggested.choices.push_back({conflict.path, *side});
    }
  }
  return suggested;
}

}  // namespace start_claude::resolve
