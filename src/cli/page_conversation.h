// The engine's questions, put to a person at the manager's page.
//
// Nobody is waiting while the engine runs: a question is either answered already, about exactly
// what the person was shown, or it is kept for the page and the run holds.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "json/value.h"
#include "server/manager_backend.h"
#include "sync/engine.h"
#include "ui/console.h"

namespace start_claude::cli {

class PageConversation final : public sync::Conversation {
 public:
  struct Asked {
    sync::Situation situation;
    resolve::Question question;
  };

  /// `warn`: tells the person at the page what no answer is expected to.
  explicit PageConversation(std::function<void(const std::string&)> warn,
                            std::optional<server::SyncAnswer> answer = {})
      : warn_(std::move(warn)), answer_(std::move(answer)) {}

  std::optional<resolve::Answer> ask(const sync::Situation& situation,
                                     const resolve::Question& question) override;
  bool confirm(const sync::Situation&, const resolve::Resolution&) override { return true; }
  void started_over(const std::string&, int) override {}
  void settled_earlier(const std::vector<resolve::FieldChange>& fields) override;

  /// What must be asked; nothing if there was no question, or it was answered.
  const std::optional<Asked>& unanswered() const { return unanswered_; }

 private:
  std::function<void(const std::string&)> warn_;
  std::optional<server::SyncAnswer> answer_;
  std::optional<Asked> unanswered_;
};

/// The question as docs/manager-api.md has it, secrets masked.
json::Value describe_question(const PageConversation::Asked& asked, const ui::Console& console,
                              const std::string& host_name);

}  // namespace start_claude::cli
