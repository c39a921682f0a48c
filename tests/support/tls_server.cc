#include "support/tls_server.h"

#include <array>
#include <filesystem>
#include <optional>
#include <stdexcept>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"

extern char** environ;

namespace start_claude::support {
namespace {

std::string new_folder() {
  std::string path = std::filesystem::temp_directory_path() / "start-claude-tls-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) throw std::runtime_error("cannot create a folder");
  return path;
}

/// Starts a program with its output going to `output` and its errors nowhere.
pid_t start(std::vector<std::string> words, int output) {
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t process = -1;
  const int result =
      posix_spawnp(&process, words.front().c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (result != 0) throw std::runtime_error("cannot start " + words.front());
  return process;
}

void wait_for(pid_t process) {
  int status = 0;
  waitpid(process, &status, 0);
}

/// The port in s_server's line "ACCEPT 127.0.0.1:41733"; nothing if it ended without one.
std::optional<std::uint64_t> read_port(int output) {
  std::string text;
  char byte = 0;
  while (read(output, &byte, 1) == 1) {
    if (byte == '\n' && text.starts_with("ACCEPT ")) {
      return base::parse_unsigned(std::string_view(text).substr(text.rfind(':') + 1));
    }
    text = byte == '\n' ? std::string() : text + byte;
  }
  return std::nullopt;
}

/// Both ends of a pipe: to read from, to write to.
std::array<int, 2> new_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("cannot create a pipe");
  return ends;
}

void stop(pid_t process) {
  kill(process, SIGTERM);
  wait_for(process);
}

}  // namespace

TlsServer::TlsServer(const Options& options) : folder_(new_folder()) {
  const auto key_file = folder_ + "/key.pem";
  wait_for(start(
      {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
       "-nodes", "-days", "1", "-subj", "/CN=test", "-addext",
       "subjectAltName=" + options.certified_name, "-keyout", key_file, "-out", certificate_file()},
      STDERR_FILENO));
  std::vector<std::string> words{"openssl",          "s_server", "-accept", "127.0.0.1:0", "-cert",
                                 certificate_file(), "-key",     key_file,  "-www"};
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  const auto ends = new_pipe();
  output_.emplace(ends[0]);
  {
    const Descriptor only_its_own(ends[1]);  // closed here, so that reading ends if the server does
    process_ = start(words, ends[1]);
  }
  const auto port = read_port(ends[0]);
  if (!port) {
    stop(process_);
    throw std::runtime_error("openssl s_server did not start");
  }
  port_ = static_cast<std::uint16_t>(*port);
}

TlsServer::~TlsServer() {
  stop(process_);
  std::filesystem::remove_all(folder_);
}

}  // namespace start_claude::support
