#include "ui/prompt.h"

#include "base/text.h"

namespace start_claude::ui {

std::optional<std::string> Prompt::line(const LineQuestion& question) {
  while (true) {
    std::string text = question.label;
    if (!question.suggested.empty()) text += " [" + question.suggested + "]";
    console_.prompt(text + ": ");
    const auto typed = console_.terminal().read_line();
    if (!typed) return std::nullopt;
    const std::string answer(base::trim(*typed));
    if (!answer.empty()) return answer;
    if (!question.suggested.empty()) return question.suggested;
    if (!question.required) return std::string();
  }
}

std::optional<Secret> Prompt::secret(std::string_view label, bool keep) {
  while (true) {
    console_.prompt(std::string(label) + (keep ? " [keep]: " : ": "));
    const auto typed = console_.terminal().read_secret();
    if (!typed) return std::nullopt;
    const std::string_view answer = base::trim(*typed);
    if (!answer.empty() || keep) return Secret(std::string(answer));
  }
}

std::optional<bool> Prompt::yes_or_no(std::string_view question, bool suggested) {
  while (true) {
    console_.prompt(std::string(question) + (suggested ? " [Y/n]: " : " [y/N]: "));
    const auto typed = console_.terminal().read_line();
    if (!typed) return std::nullopt;
    const std::string answer = base::to_lower(base::trim(*typed));
    if (answer.empty()) return suggested;
    if (answer == "y" || answer == "yes") return true;
    if (answer == "n" || answer == "no") return false;
    console_.explain("Please answer y or n.");
  }
}

std::optional<std::size_t> Prompt::choose(std::string_view question,
                                          const std::vector<std::string>& keys,
                                          std::string_view suggested) {
  while (true) {
    std::string text(question);
    if (!suggested.empty()) text += " [" + std::string(suggested) + "]";
    console_.prompt(text + ": ");
    const auto typed = console_.terminal().read_line();
    if (!typed) return std::nullopt;
    std::string answer = base::to_lower(base::trim(*typed));
    if (answer.empty()) answer = suggested;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (answer == keys[i]) return i;
    }
    console_.explain("Please answer one of: " + base::join(keys, ", ") + ".");
  }
}

}  // namespace start_claude::ui
