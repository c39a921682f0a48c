// What is asked, in a sentence and a question: the same on the terminal and on the page.
#pragma once

#include <string>

#include "sync/engine.h"

namespace start_claude::ui {

struct QuestionWords {
  std::string explanation;  ///< "The remote copy is gone though it was there."
  std::string question;     ///< "Upload the local one again?"
  /// The question is about which side is newer: show both, with their times.
  bool compares_sides = false;
};

QuestionWords words_of(const sync::Situation& situation, const resolve::Question& question);

/// What an option does, where it replaces a side: "removes laptop here"; "" for the others.
std::string consequence_of(const sync::Situation& situation, resolve::Option option);

}  // namespace start_claude::ui
