#include "s3/credentials_process.h"

#include <array>
#include <utility>

#include "base/text.h"
#include "s3/credentials_json.h"

namespace start_claude::s3 {
namespace {

class CommandSplitter {
 public:
  Result<std::vector<std::string>> split(std::string_view command) {
    for (std::size_t i = 0; i < command.size(); ++i) {
      const char c = command[i];
      const bool last = i + 1 == command.size();
      if (quote_ == '\'') {
        take_quoted(c);
      } else if (c == '\\' && last) {
        return Error{ErrorKind::not_configured, "ends in a \\"};
      } else if (c == '\\' && escapes(command[i + 1])) {
        ++i;
        take(command[i]);
      } else if (quote_ == '"') {
        take_quoted(c);
      } else if (c == '\'' || c == '"') {
        quote_ = c;
        in_word_ = true;
      } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        end_word();
      } else {
        take(c);
      }
    }
    if (quote_ != '\0') {
      return Error{ErrorKind::not_configured, std::string("has a ") + quote_ + " without its end"};
    }
    end_word();
    if (words_.empty()) return Error{ErrorKind::not_configured, "names no program"};
    return std::move(words_);
  }

 private:
  /// Whether a \ before it goes.
  bool escapes(char next) const { return quote_ != '"' || next == '"' || next == '\\'; }

  void take(char c) {
    word_ += c;
    in_word_ = true;
  }

  void take_quoted(char c) {
    if (c == quote_) {
      quote_ = '\0';
    } else {
      take(c);
    }
  }

  void end_word() {
    if (in_word_) words_.push_back(std::exchange(word_, {}));
    in_word_ = false;
  }

  std::vector<std::string> words_;
  std::string word_;
  bool in_word_ = false;  ///< also in an empty one: ""
  char quote_ = '\0';
};

/// Some SDKs run the command through a shell, so that people write it for one.
void expand_home_folders(std::vector<std::string>& words, const std::string& home) {
  constexpr std::array<std::string_view, 3> spellings = {"~/", "$HOME/", "${HOME}/"};
  for (std::string& word : words) {
    for (const std::string_view spelling : spellings) {
      if (word.starts_with(spelling)) word.replace(0, spelling.size() - 1, home);
    }
  }
}

Error error_of(const std::string& subject, const platform::ProgramFailure& failure) {
  switch (failure.kind) {
    case platform::ProgramFailureKind::not_started:
      return {ErrorKind::not_configured, subject + " cannot be run: " + failure.reason,
              "give the program's full path in ~/.aws/config"};
    case platform::ProgramFailureKind::interrupted: return {ErrorKind::interrupted, "interrupted"};
    case platform::ProgramFailureKind::timed_out:
      return {ErrorKind::access_denied, subject + " did not end within a minute",
              "run it by hand: it must not ask anything, and print JSON"};
    case platform::ProgramFailureKind::too_much_output:
      return {ErrorKind::not_configured, subject + " prints more than credentials",
              "run it by hand: it must print one JSON object and nothing else"};
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> split_command(std::string_view command) {
  return CommandSplitter().split(command);
}

Result<Credentials> credentials_from_process(platform::Programs& programs,
                                             const ProcessCommand& command) {
  const std::string whose = "credential_process of profile " + command.profile;
  auto words = split_command(command.text);
  if (!words) {
    return Error{words.error().kind, whose + ' ' + words.error().message,
                 "mend it in ~/.aws/config"};
  }
  if (command.home) expand_home_folders(*words, *command.home);
  // Without what a shell would take as a variable's value: "TOKEN=... program".
  const std::string program = words->front().substr(0, words->front().find('='));
  const std::string subject = whose + " (" + base::printable(program) + ')';
  constexpr std::size_t output_bytes_max = std::size_t{64} * 1024;
  const auto result =
      programs.run({.words = *std::move(words), .output_bytes_max = output_bytes_max});
  if (const auto* failure = std::get_if<platform::ProgramFailure>(&result)) {
    return error_of(subject, *failure);
  }
  const auto& output = std::get<platform::ProgramOutput>(result);
  if (output.exit_code != 0) {
    return Error{ErrorKind::access_denied,
                 subject + " failed with exit code " + std::to_string(output.exit_code),
                 "run it by hand to see what it says"};
  }
  auto credentials = parse_credentials_json(output.text, CredentialsFormat::process);
  if (!credentials) {
    return Error{credentials.error().kind,
                 "what " + subject + " prints " + credentials.error().message,
                 "it must print {\"Version\": 1, \"AccessKeyId\": ..., \"SecretAccessKey\": ...}"};
  }
  credentials->source = whose;
  return credentials;
}

}  // namespace start_claude::s3
