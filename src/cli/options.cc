#include "cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <sstream>

#include "cli/command_line_text.h"
#include "cli/completion.h"
#include "cli/version.h"
#include "http/curl_transport.h"

namespace start_claude::cli {
namespace {

constexpr const char* description =
    "Keeps ~/.start-claude/config.json the same on all your machines through one object in an\n"
    "S3-compatible bucket. Begin with: start-claude s3-setup";

constexpr const char* footer =
    "Exit codes: 0 done or in sync, 2 usage, 3 not configured, 4 access denied, 5 unreachable,\n"
    "6 a decision is needed, 7 data not valid, 8 local disk, 9 locked, 10 changes pending.";

constexpr int seconds_max = 3600;

/// Defining every command costs more than all the rest of a short run, and a run needs one.
enum class Extent {
  mentioned,  ///< the commands whose names are among the arguments
  everything,
};

/// Defines commands on an application; `chosen` learns which one was given.
class Definition {
 public:
  Definition(CLI::App& app, Options& options, const std::vector<std::string>& arguments,
             Extent extent)
      : app_(app), options_(options), arguments_(arguments), extent_(extent) {
    add_everywhere();
    app_.require_subcommand(1);
    add_commands(app_, "s3-");
    add_manager();
    if (auto* watch = add(app_, "watch", Command::watch,
                          "Stay, upload each change after a second, and look for others' now and "
                          "then")) {
      add_read_only(*watch);
    }
    if (auto* balance = add(app_, "balance", Command::balance,
                            "A local proxy that spreads API requests over the enabled profiles")) {
      add_balance(*balance);
    }
    if (is_wanted("s3")) {
      CLI::App* spaced = app_.add_subcommand("s3", "The same commands, spelled: s3 sync");
      spaced->fallthrough();
      spaced->require_subcommand(1);
      add_commands(*spaced, "");
    }
    // It describes the others, so they must be there.
    if (extent_ == Extent::everything) add_completion();
  }

  std::string completion;  ///< which script to print; empty for every other command

 private:
  bool is_wanted(const std::string& name) const {
    return extent_ == Extent::everything ||
           std::find(arguments_.begin(), arguments_.end(), name) != arguments_.end();
  }

  void add_completion() {
    app_.add_subcommand("completion", "Print a completion script for a shell, or the manual page")
        ->add_option("SHELL", completion, "bash, zsh, fish, or man")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish", "man"}));
  }

  void add_everywhere() {
    app_.add_option("--config", options_.config, "Configuration file")->type_name("FILE");
    app_.add_flag("-v,--verbose", options_.verbose, "Show each request, never a secret");
    app_.add_flag("-q,--quiet", options_.quiet, "Only errors");
    app_.add_flag("--json", options_.json, "One JSON object on stdout");
    app_.add_flag("--no-color", options_.no_color, "No colour (also: NO_COLOR)");
    app_.add_flag("--no-input", options_.no_input, "Never ask");
    app_.add_option_function<int>(
            "--timeout", [this](int n) { options_.timeout = std::chrono::seconds(n); },
            "Longest time for one S3 operation, retries included [30]")
        ->type_name("SECONDS")
        ->check(CLI::Range(1, seconds_max));
    app_.add_option_function<int>(
            "--lock-timeout", [this](int n) { options_.lock_timeout = std::chrono::seconds(n); },
            "Longest wait for another run to end [10]")
        ->type_name("SECONDS")
        ->check(CLI::Range(0, seconds_max));
    // For bug reports, which ask for it: help is for everybody else.
    app_.add_option("--record", options_.record, "Write the S3 requests and replies to a file")
        ->type_name("FILE")
        ->group("");
  }

  /// Null if it is not wanted.
  CLI::App* add(CLI::App& parent, const std::string& name, Command command, const char* text) {
    if (!is_wanted(name)) return nullptr;
    CLI::App* added = parent.add_subcommand(name, text);
    added->fallthrough();
    added->callback([this, command] { options_.command = command; });
    return added;
  }

  void add_deciding_flags(CLI::App& command) {
    command.add_flag("--dry-run", options_.dry_run, "Only say what would be done; exit 10 if so");
    command.add_flag("--ask", options_.ask, "Ask even before what is clear");
    command.add_flag("--yes", options_.yes, "Take every default without asking");
    command.add_flag("--auto", options_.automatic, "Decide as from cron, even on a terminal");
  }

  void add_force(CLI::App& command, const char* text) {
    command.add_flag("-f,--force", options_.force, text);
  }

  void add_read_only(CLI::App& command) {
    command.add_flag("--read-only", options_.read_only, "Upload nothing, only bring what is new");
  }

  void add_commands(CLI::App& parent, const std::string& prefix) {
    if (auto* setup = add(parent, prefix + "setup", Command::setup,
                          "Connect this machine to a bucket; run again to change the settings")) {
      add_setup(*setup);
    }
    if (auto* sync = add(parent, prefix + "sync", Command::sync,
                         "Bring both sides together, in whichever direction is needed")) {
      add_deciding_flags(*sync);
      add_force(*sync, "Take every default without asking");
      add_read_only(*sync);
    }
    if (auto* upload = add(parent, prefix + "upload", Command::upload,
                           "Local to remote; warns before replacing")) {
      add_deciding_flags(*upload);
      add_force(*upload, "Replace the remote copy without asking");
      upload->add_flag("--allow-empty", options_.allow_empty,
                       "Upload even if there are no configurations left");
    }
    if (auto* download = add(parent, prefix + "download", Command::download,
                             "Remote to local, merging; warns before replacing")) {
      add_deciding_flags(*download);
      add_force(*download, "Replace the local configurations without asking");
    }
    add_looking_commands(parent, prefix);
    if (auto* serve =
            add(parent, prefix + "serve", Command::serve,
                "A small S3 server over a folder, for trying it out and for a home network")) {
      add_serve(*serve);
    }
  }

  void add_looking_commands(CLI::App& parent, const std::string& prefix) {
    if (auto* status = add(parent, prefix + "status", Command::status,
                           "Settings, connection, both sides, and what the next sync would do")) {
      status->add_flag("--offline", options_.offline, "Do not use the network");
    }
    add(parent, prefix + "diff", Command::diff, "What differs, field by field, secrets masked");
    if (auto* history =
            add(parent, prefix + "history", Command::history,
                "Earlier configurations, here and (where the bucket keeps them) there")) {
      add_history(*history);
    }
    if (auto* doctor = add(parent, prefix + "doctor", Command::doctor,
                           "What works and what does not, step by step, and how to mend it")) {
      add_doctor(*doctor);
    }
    if (auto* restore =
            add(parent, prefix + "restore", Command::restore, "Bring an earlier one back")) {
      add_restore(*restore);
    }
  }

  void add_history(CLI::App& command) {
    command.add_flag("--offline", options_.offline, "Do not use the network");
    CLI::Option* show = command
                            .add_option("--show", options_.history.show,
                                        "Print one of them, secrets masked; a damaged one as it is")
                            ->type_name("NUMBER");
    command
        .add_option("--diff", options_.history.diff,
                    "What one of them changed, field by field, secrets masked")
        ->type_name("NUMBER")
        ->excludes(show);
  }

  void add_restore(CLI::App& command) {
    CLI::Option* number = command.add_option("NUMBER", options_.restore.number,
                                             "Which one, as s3-history lists them");
    command.add_flag("--last", options_.restore.last, "What the last run replaced here")
        ->excludes(number);
    command.add_flag("--local-only", options_.restore.local_only, "Do not upload it");
    command.add_flag("--dry-run", options_.dry_run, "Only say what would be restored; exit 10");
    command.add_flag("-f,--force,--yes", options_.force, "Do not ask");
    command.add_flag("--allow-empty", options_.allow_empty, "With --force: even an empty one");
  }

  void add_doctor(CLI::App& command) {
    SetupOptions& place = options_.setup;
    command.add_flag("--write", options_.doctor.write,
                     "Try to write, too: an object beside ours, removed again");
    CLI::Option* policy = command.add_flag("--policy", options_.doctor.policy,
                                           "Print the least that the key must be allowed (IAM)");
    command
        .add_flag("--history", options_.doctor.history,
                  "Also what s3-history and s3-restore need where the bucket keeps versions")
        ->needs(policy);
    command.add_flag("--read-only", options_.read_only, "For a machine that only downloads")
        ->needs(policy);
    command.add_option("--bucket", place.bucket, "For another bucket than the one set up")
        ->needs(policy);
    command.add_option("--key", place.key, "For another file path in the bucket")->needs(policy);
    command.add_option("--region", place.region, "For another region")->needs(policy);
  }

  void add_setup(CLI::App& command) {
    SetupOptions& setup = options_.setup;
    command.add_option("--service", setup.service, "s3, r2, b2 or custom")
        ->check(CLI::IsMember({"s3", "r2", "b2", "custom"}));
    command.add_option("--bucket", setup.bucket, "Bucket name");
    command.add_option("--region", setup.region, "Region");
    command.add_option("--endpoint", setup.endpoint, "Endpoint URL of an S3-compatible service");
    command.add_option("--access-key-id", setup.access_key_id, "Access key id");
    command
        .add_option("--secret-access-key-file", setup.secret_access_key_file,
                    "File that holds the secret access key; - reads it from stdin")
        ->type_name("FILE|-");
    command.add_option("--key", setup.key, "File path in the bucket [start-claude-config.json]");
    command.add_option("--credentials", setup.credentials, "stored, env, or profile:NAME");
    command.add_option("--ca-file", setup.ca_file, "PEM file of the authority to trust")
        ->type_name("FILE");
    command.add_option("--addressing", setup.addressing, "path or virtual [by endpoint]")
        ->check(CLI::IsMember({"path", "virtual"}));
    command
        .add_option("--sse", setup.sse,
                    "Server-side encryption to ask for: AES256, aws:kms, or none [none]")
        ->check(CLI::IsMember({"AES256", "aws:kms", "none"}));
    command.add_flag("--create-bucket", setup.create_bucket, "Create a missing bucket");
    command.add_flag("--read-only,!--read-write", setup.read_only,
                     "Only download on this machine, never upload");
    add_deciding_flags(command);
  }

  void add_manager() {
    const char* name = is_wanted("manager") ? "manager" : "manage";
    CLI::App* manager = add(app_, name, Command::manager,
                            "A web page on this machine: configurations, settings, and syncing");
    if (manager == nullptr) return;
    if (extent_ == Extent::everything) manager->alias("manage");
    ManagerOptions& given = options_.manager;
    manager->add_option("--port", given.port, "Port, or one of the ten after it [2334]")
        ->check(CLI::Range(0, 65535));
    manager->add_flag("--no-open", given.no_open, "Do not open a browser");
    manager
        ->add_option_function<int>(
            "--idle-exit", [&given](int n) { given.idle_exit = std::chrono::minutes(n); },
            "End when nobody has used the page for that long")
        ->type_name("MINUTES")
        ->check(CLI::Range(1, 10080));
    manager->add_option("--host", given.host, "Address to listen on [127.0.0.1]");
    manager->add_flag("--insecure-listen", given.insecure_listen,
                      "Allow a --host that others can reach, without encryption");
  }

  void add_balance(CLI::App& command) {
    BalanceOptions& balance = options_.balance;
    command.footer("-- COMMAND... runs a program that uses the proxy, and ends with its status.");
    command.add_option("NAMES", balance.names, "Profiles to use [all that are enabled]");
    command.add_option("--port", balance.port, "Port on 127.0.0.1; 0 takes a free one [2333]")
        ->check(CLI::Range(0, 65535));
    command
        .add_option("--strategy", balance.strategy,
                    "fallback, polling or speed-first [by the settings]")
        ->check(CLI::IsMember({"fallback", "polling", "speed-first"}));
    command.add_flag("--yes", options_.yes, "Take every default without asking");
    command.add_flag("--auto", options_.automatic, "Decide as from cron, even on a terminal");
  }

  void add_serve(CLI::App& command) {
    ServeOptions& serve = options_.serve;
    command.add_option("--dir", serve.folder, "Folder that holds the buckets")->required();
    command.add_option("--host", serve.host, "Address to listen on [127.0.0.1]");
    command.add_option("--port", serve.port, "Port; 0 takes a free one [9010]")
        ->check(CLI::Range(0, 65535));
    command.add_option("--access-key-id", serve.access_key_id,
                       "Access key id that clients use; made up if not given");
    command
        .add_option("--secret-access-key-file", serve.secret_access_key_file,
                    "File that holds its secret")
        ->type_name("FILE");
  }

  CLI::App& app_;
  Options& options_;
  const std::vector<std::string>& arguments_;
  const Extent extent_;
};

std::string contradiction(const Options& options) {
  if (options.quiet && options.verbose) return "--quiet and --verbose exclude each other";
  if (options.ask && (options.yes || options.automatic || options.no_input)) {
    return "--ask needs somebody to ask: it excludes --yes, --auto and --no-input";
  }
  const bool which = options.restore.number || options.restore.last;
  if (options.command == Command::restore && !which) return "s3-restore needs NUMBER or --last";
  if (options.allow_empty && !options.force) return "--allow-empty goes with --force";
  return "";
}

ParsedExit completion(const CLI::App& app, const std::string& shell) {
  const CommandLineText commands = describe_command_line(app);
  if (shell == "bash") return {0, format_bash_completion(commands)};
  if (shell == "zsh") return {0, format_zsh_completion(commands)};
  if (shell == "fish") return {0, format_fish_completion(commands)};
  return {0, format_manual_page(commands, version)};
}

/// In our words where the library's would not name the culprit.
std::string describe(const CLI::App& app, const CLI::ParseError& error) {
  const bool lacks_command =
      error.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError);
  const auto unknown = app.remaining();
  if (lacks_command && !unknown.empty()) return "unknown command: " + unknown.front();
  return error.what();
}

ParsedExit usage_error(const std::string& message) {
  return {2, "start-claude: error: " + message +
                 "\nstart-claude: hint: start-claude --help lists the commands\n"};
}

}  // namespace

std::string version_text() { return std::string("start-claude ") + version; }

namespace {

std::variant<Options, ParsedExit> parse(const std::vector<std::string>& arguments, Extent extent) {
  Options options;
  CLI::App app(description, "start-claude");
  app.footer(footer);
  app.set_version_flag("--version", version_text(), "Print the version");
  app.set_help_all_flag("--help-all", "Help on every command");
  const Definition definition(app, options, arguments, extent);
  const auto has = [&arguments](std::string_view flag) {
    return std::find(arguments.begin(), arguments.end(), flag) != arguments.end();
  };
  try {
    // CLI11 takes its arguments from the back.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForVersion&) {
    const bool is_detailed = has("-v") || has("--verbose");
    return ParsedExit{0, version_text() + (is_detailed ? http::describe_build() : "") + "\n"};
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) return usage_error(describe(app, error));
    std::ostringstream out;
    app.exit(error, out, out);
    return ParsedExit{0, out.str()};
  }
  if (!definition.completion.empty()) return completion(app, definition.completion);
  const std::string wrong = contradiction(options);
  if (!wrong.empty()) return usage_error(wrong);
  return options;
}

}  // namespace

namespace {

/// Takes the program to run, which is none of this program's arguments, off the end.
std::vector<std::string> split_command(std::vector<std::string>& arguments) {
  const auto mark = std::find(arguments.begin(), arguments.end(), "--");
  if (std::find(arguments.begin(), mark, "balance") == mark) return {};
  const auto first = mark == arguments.end() ? mark : mark + 1;
  std::vector<std::string> command(first, arguments.end());
  arguments.erase(mark, arguments.end());
  return command;
}

}  // namespace

std::variant<Options, ParsedExit> parse_options(const std::vector<std::string>& given) {
  std::vector<std::string> arguments = given;
  std::vector<std::string> command = split_command(arguments);
  if (arguments == std::vector<std::string>{"--version"}) {
    return ParsedExit{0, version_text() + "\n"};
  }
  auto parsed = parse(arguments, Extent::mentioned);
  if (auto* options = std::get_if<Options>(&parsed)) {
    options->balance.command = std::move(command);
    return parsed;
  }
  // Help and complaints are about the whole command line.
  return parse(arguments, Extent::everything);
}

}  // namespace start_claude::cli
