#include "cli/completion.h"

#include <algorithm>

namespace start_claude::cli {
namespace {

/// Flags whose value is a file's name: "FILE", "FILE|-", "FOLDER".
bool names_a_path(const FlagText& flag) {
  return flag.value.starts_with("FILE") || flag.value.starts_with("FOLDER");
}

std::string join(const std::vector<std::string>& words, std::string_view separator) {
  std::string joined;
  for (const std::string& word : words) {
    if (!joined.empty()) joined += separator;
    joined += word;
  }
  return joined;
}

std::vector<std::string> all_names(const std::vector<FlagText>& flags) {
  std::vector<std::string> names;
  for (const FlagText& flag : flags)
    names.insert(names.end(), flag.names.begin(), flag.names.end());
  return names;
}

std::vector<std::string> command_names(const CommandLineText& commands) {
  std::vector<std::string> names;
  for (const CommandText& command : commands) {
    if (!command.name.empty()) names.push_back(command.name);
  }
  return names;
}

/// Each flag once, however many commands have it.
std::vector<FlagText> distinct_flags(const CommandLineText& commands) {
  std::vector<FlagText> distinct;
  for (const CommandText& command : commands) {
    for (const FlagText& flag : command.flags) {
      const bool is_known = std::any_of(distinct.begin(), distinct.end(),
                                        [&](const FlagText& f) { return f.names == flag.names; });
      if (!is_known) distinct.push_back(flag);
    }
  }
  return distinct;
}

/// Within single quotes of any of the three shells.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

/// fish knows \' within single quotes instead, and takes the backslash for itself.
std::string quoted_for_fish(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

/// zsh's _arguments reads these in an option's description.
std::string escaped_for_zsh(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_action(const FlagText& flag) {
  if (flag.value.empty()) return "";
  std::string action = ":" + escaped_for_zsh(flag.value) + ":";
  if (!flag.choices.empty()) return action + "(" + join(flag.choices, " ") + ")";
  return names_a_path(flag) ? action + "_files" : action;
}

std::string zsh_arguments(const std::vector<FlagText>& flags, const std::string& indent) {
  std::string lines;
  for (const FlagText& flag : flags) {
    const std::string rest = "[" + escaped_for_zsh(flag.text) + "]" + zsh_action(flag);
    const std::string excluded = flag.names.size() > 1 ? "(" + join(flag.names, " ") + ")" : "";
    for (const std::string& name : flag.names) {
      lines += indent + quoted(excluded + name + rest) + " \\\n";
    }
  }
  return lines;
}

std::string fish_flag(const FlagText& flag, const std::string& condition) {
  std::string line = "complete -c start-claude";
  if (!condition.empty()) line += " -n " + quoted_for_fish(condition);
  for (const std::string& name : flag.names) {
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (!flag.value.empty()) line += names_a_path(flag) ? " -r -F" : " -x";
  if (!flag.choices.empty()) line += " -a " + quoted_for_fish(join(flag.choices, " "));
  return line + " -d " + quoted_for_fish(flag.text) + "\n";
}

/// roff takes a leading dot or quote for a request, and "-" for a hyphen.
std::string escaped_for_roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (out.empty() && (c == '.' || c == '\'')) out += "\\&";
    if (c == '-') {
      out += "\\-";
    } else if (c == '\\') {
      out += "\\e";
    } else {
      out += c;
    }
  }
  return out;
}

std::string roff_flag(const FlagText& flag) {
  std::string names;
  for (const std::string& name : flag.names) {
    if (!names.empty()) names += ", ";
    names += "\\fB" + escaped_for_roff(name) + "\\fR";
  }
  if (!flag.value.empty()) names += " \\fI" + escaped_for_roff(flag.value) + "\\fR";
  return ".TP\n" + names + "\n" + escaped_for_roff(flag.text) + "\n";
}

constexpr std::string_view manual_end = R"(.SH EXIT STATUS
.TS
l l.
0	done, or already in sync
1	unexpected
2	the command line is wrong
3	not configured, or no such bucket
4	access denied
5	unreachable: DNS, connect, TLS, timeout, 5xx
6	a decision is needed; nothing changed
7	data is not valid; nothing changed
8	the local disk refused
9	another run holds the lock
10	changes pending (\-\-dry\-run)
130	interrupted
.TE
.SH FILES
.TP
\fI~/.start\-claude/config.json\fR
The profiles and, in settings.s3Sync, the bucket and its credentials.
.TP
\fI~/.start\-claude/s3\-journal\fR
What was overwritten, whole and dated; s3\-history lists it.
.SH ENVIRONMENT
.TP
\fBSTART_CLAUDE_CONFIG\fR, \fBSTART_CLAUDE_HOME\fR
The configuration file, or the folder it is in.
.TP
\fBAWS_ACCESS_KEY_ID\fR, \fBAWS_SECRET_ACCESS_KEY\fR, \fBAWS_SESSION_TOKEN\fR
Credentials, where none are stored.
.TP
\fBAWS_CA_BUNDLE\fR, \fBSSL_CERT_FILE\fR, \fBCURL_CA_BUNDLE\fR, \fBREQUESTS_CA_BUNDLE\fR, \fBSSL_CERT_DIR\fR
A PEM file, or a hashed folder, that replaces the root certificates of the system.
.TP
\fBNODE_EXTRA_CA_CERTS\fR
A PEM file of root certificates beside those of the system.
.TP
\fBHTTPS_PROXY\fR, \fBhttp_proxy\fR, \fBALL_PROXY\fR, \fBNO_PROXY\fR
The proxy, and the hosts that go without.
.TP
\fBNO_COLOR\fR
No colour.
)";

}  // namespace

std::string format_bash_completion(const CommandLineText& commands) {
  std::string out =
      "# bash completion for start-claude; made by: start-claude completion bash\n"
      "_start_claude() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
      "  local command= word flags\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case $word in\n      " +
      join(command_names(commands), " | ") +
      ") command=$word ;;\n    esac\n  done\n"
      "  COMPREPLY=()\n"
      "  case $previous in\n";
  for (const FlagText& flag : distinct_flags(commands)) {
    if (flag.value.empty()) continue;
    out += "    " + join(flag.names, " | ") + ") ";
    if (!flag.choices.empty()) {
      out += "COMPREPLY=($(compgen -W '" + join(flag.choices, " ") + "' -- \"$current\")); ";
    } else if (names_a_path(flag)) {
      out += "compopt -o filenames; COMPREPLY=($(compgen -f -- \"$current\")); ";
    }
    out += "return ;;\n";
  }
  out += "  esac\n  case $command in\n";
  std::string everywhere;
  for (const CommandText& command : commands) {
    const std::string flags = join(all_names(command.flags), " ");
    if (command.name.empty()) {
      everywhere = flags;
    } else {
      out += "    " + command.name + ") flags='" + flags + "' ;;\n";
    }
  }
  out += "    *) flags='" + join(command_names(commands), " ") +
         "' ;;\n  esac\n"
         "  COMPREPLY=($(compgen -W \"$flags " +
         everywhere +
         "\" -- \"$current\"))\n"
         "}\ncomplete -F _start_claude start-claude\n";
  return out;
}

std::string format_zsh_completion(const CommandLineText& commands) {
  std::string out =
      "#compdef start-claude\n"
      "# zsh completion for start-claude; made by: start-claude completion zsh\n"
      "_start_claude() {\n  local -a commands\n  local state line\n  commands=(\n";
  std::string everywhere;
  std::string cases;
  for (const CommandText& command : commands) {
    if (command.name.empty()) {
      everywhere = zsh_arguments(command.flags, "    ");
      continue;
    }
    out += "    " + quoted(command.name + ":" + escaped_for_zsh(command.text)) + "\n";
    cases += "        " + command.name + ")\n          _arguments \\\n" +
             zsh_arguments(command.flags, "            ") + "            '*: :' ;;\n";
  }
  out += "  )\n  _arguments -C \\\n" + everywhere +
         "    '1:command:->command' \\\n    '*::argument:->arguments'\n"
         "  case $state in\n"
         "    command) _describe -t commands command commands ;;\n"
         "    arguments)\n      case $line[1] in\n" +
         cases + "      esac ;;\n  esac\n}\n" +
         "if [ \"$funcstack[1]\" = _start_claude ]; then\n  _start_claude \"$@\"\nelse\n"
         "  compdef _start_claude start-claude\nfi\n";
  return out;
}

std::string format_fish_completion(const CommandLineText& commands) {
  std::string out =
      "# fish completion for start-claude; made by: start-claude completion fish\n"
      "complete -c start-claude -f\n";
  for (const CommandText& command : commands) {
    if (!command.name.empty()) {
      out += "complete -c start-claude -n __fish_use_subcommand -a " + command.name + " -d " +
             quoted_for_fish(command.text) + "\n";
    }
    const std::string condition =
        command.name.empty() ? "" : "__fish_seen_subcommand_from " + command.name;
    for (const FlagText& flag : command.flags) out += fish_flag(flag, condition);
  }
  return out;
}

std::string format_manual_page(const CommandLineText& commands, std::string_view version) {
  std::string out = "'\\\" t\n.TH START\\-CLAUDE 1 \"\" \"start\\-claude " + std::string(version) +
                    "\" \"User Commands\"\n"
                    ".SH NAME\nstart\\-claude \\- keep Claude profiles the same on all machines\n"
                    ".SH SYNOPSIS\n\\fBstart\\-claude\\fR \\fICOMMAND\\fR [\\fIFLAG\\fR]...\n"
                    ".SH DESCRIPTION\n";
  for (const CommandText& command : commands) {
    if (command.name.empty()) {
      out += escaped_for_roff(command.text) + "\n.SH FLAGS\n";
    } else {
      if (&command == &commands[1]) out += ".SH COMMANDS\n";
      out += ".SS " + escaped_for_roff(command.name) + "\n" + escaped_for_roff(command.text) + "\n";
    }
    for (const FlagText& flag : command.flags) out += roff_flag(flag);
  }
  return out += manual_end;
}

}  // namespace start_claude::cli
