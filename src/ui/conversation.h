// The engine's questions, put to a person at a terminal.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sync/engine.h"
#include "ui/console.h"
#include "ui/prompt.h"

namespace start_claude::ui {

enum class Answers {
  typed,     ///< ask
  defaults,  ///< --yes: take every default without asking
  forced,    ///< s3-sync --force: the same, and accept that many profiles go
};

class TerminalConversation final : public sync::Conversation {
 public:
  /// `host_name`: what this machine is called beside the other writers.
  TerminalConversation(Console& console, Answers answers, std::string host_name)
      : console_(console), prompt_(console), answers_(answers), host_name_(std::move(host_name)) {}

  std::optional<resolve::Answer> ask(const sync::Situation& situation,
                                     const resolve::Question& question) override;
  bool confirm(const sync::Situation& situation, const resolve::Resolution& resolution) override;
  void started_over(const std::string& writer, int round) override;
  void settled_earlier(const std::vector<resolve::FieldChange>& fields) override;

 private:
  /// Nothing: the input ended.
  std::optional<resolve::Answer> ask_person(const sync::Situation& situation,
                                            const resolve::Question& question);
  std::optional<resolve::Answer> ask_yes_or_no(const resolve::Question& question,
                                               std::string_view text);
  std::optional<resolve::Answer> ask_for_merge(const sync::Situation& situation,
                                               const resolve::Question& question);
  std::optional<resolve::Answer> ask_for_fields(const sync::Situation& situation,
                                                const resolve::Question& question);
  std::optional<resolve::Answer> choose_fields(const sync::Situation& situation,
                                               const resolve::Question& question,
                                               resolve::Option option,
                                               const std::vector<resolve::FieldChange>& conflicts);
  resolve::Answer default_answer(const resolve::Question& question) const;
  std::optional<resolve::Answer> ask_for_side(const sync::Situation& situation,
                                              const resolve::Question& question);
  void explain_both_changed(const sync::Situation& situation, const resolve::MergeResult& merge);
  void explain_sides(const sync::Situation& situation);
  void explain_sides_by_name(const sync::Situation& situation);
  void explain_skew(const sync::Situation& situation);

  Console& console_;
  Prompt prompt_;
  Answers answers_;
  std::string host_name_;
  bool skew_told_ = false;
};

}  // namespace start_claude::ui
