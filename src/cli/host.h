// Everything a command needs from the machine, handed in so that tests can hand in something else.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/curl_transport.h"
#include "http/transport.h"
#include "platform/clock.h"
#include "platform/environment.h"
#include "platform/filesystem.h"
#include "platform/folder_watch.h"
#include "platform/keys.h"
#include "platform/program.h"
#include "platform/random.h"
#include "platform/terminal.h"
#include "platform/waiter.h"

namespace start_claude::cli {

class Recording;

struct Host {
  platform::Clock& clock;
  platform::FileSystem& files;
  platform::Random& random;
  platform::Environment& environment;
  platform::Terminal& terminal;
  platform::Programs& programs;
  std::function<std::unique_ptr<http::Transport>(http::CurlOptions)> make_transport;
  /// Looks at a connection without using it; see http::probe_connection.
  std::function<http::ConnectionFacts(const http::CurlOptions&, const http::Uri&,
                                      const http::Limits&)>
      probe_connection = http::probe_connection;
  /// Where connections are recorded; null without --record.
  Recording* recording = nullptr;
  /// For commands that run on and on. From the waiter's making on, the signals that would end the
  /// process are told by it.
  std::function<Result<std::unique_ptr<platform::Waiter>>()> make_waiter = {};
  std::function<Result<std::unique_ptr<platform::FolderWatch>>(const std::string& folder)>
      make_folder_watch = {};
  /// Tells the service manager that started this process how it is: "READY=1".
  std::function<void(std::string_view state)> tell_service_manager = [](std::string_view) {};
  /// Opens a file with the program that the desktop has for it; unset where there is no desktop.
  std::function<void(const std::string& path)> open_on_desktop = {};
  /// The terminal's keys, one by one; null where there is none.
  std::function<std::unique_ptr<platform::Keys>()> make_keys = {};
};

/// The name this machine writes under: $START_CLAUDE_HOST, else the system's host name up to its
/// first dot.
std::string writer_name(const platform::Environment& environment);

}  // namespace start_claude::cli
