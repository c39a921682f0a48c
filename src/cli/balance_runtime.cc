#include "cli/balance_runtime.h"

#include "json/parse.h"
#include "json/write.h"

namespace start_claude::cli {
namespace {

std::string path_of(const sync::Paths& paths) {
  return platform::join_path(paths.folder, "balance.json");
}

std::string text_of(const BalanceRuntime& runtime) {
  return json::write_pretty(json::Object{{"version", json::Value::integer(1)},
                                         {"pid", json::Value::integer(runtime.process)},
                                         {"url", balance_url(runtime.port)},
                                         {"port", json::Value::integer(runtime.port)},
                                         {"token", runtime.token.reveal()}});
}

}  // namespace

std::string balance_url(std::uint16_t port) { return "http://127.0.0.1:" + std::to_string(port); }

Result<base::Done> write_balance_runtime(Host& host, const sync::Paths& paths,
                                         const BalanceRuntime& runtime) {
  const std::string path = path_of(paths);
  const auto written =
      platform::replace_file(host.files, path, text_of(runtime), {.unique = host.random.next()});
  if (const auto* failure = std::get_if<platform::FileFailure>(&written)) {
    return platform::disk_error("write", path, *failure);
  }
  return base::Done{};
}

void remove_balance_runtime(Host& host, const sync::Paths& paths, const BalanceRuntime& runtime) {
  const auto read = host.files.read(path_of(paths));
  const auto* content = std::get_if<platform::FileContent>(&read);
  if (content != nullptr && content->bytes == text_of(runtime)) {
    (void)host.files.remove(path_of(paths));
  }
}

}  // namespace start_claude::cli
