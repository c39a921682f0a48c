#include "cli/balance_runtime.h"

#include "base/text.h"
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

std::optional<std::uint64_t> number_in(const json::Value& object, std::string_view name) {
  const json::Value* member = object.find(name);
  const json::Number* number = member != nullptr ? member->as_number() : nullptr;
  return number != nullptr ? base::parse_unsigned(number->spelling) : std::nullopt;
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

std::optional<BalanceRuntime> read_balance_runtime(const Host& host, const sync::Paths& paths) {
  const std::string path = path_of(paths);
  const auto status = host.files.status(path);
  const auto* found = std::get_if<platform::FileStatus>(&status);
  if (found == nullptr || (found->mode & 077) != 0) return std::nullopt;
  const auto read = host.files.read(path);
  const auto* content = std::get_if<platform::FileContent>(&read);
  if (content == nullptr) return std::nullopt;
  const auto parsed = json::parse(content->bytes);
  const auto* object = std::get_if<json::Value>(&parsed);
  if (object == nullptr || number_in(*object, "version") != 1) return std::nullopt;
  const auto process = number_in(*object, "pid");
  const auto port = number_in(*object, "port");
  const json::Value* token = object->find("token");
  if (!process || !port || *port < 1 || *port > 65535) return std::nullopt;
  if (token == nullptr || token->as_string() == nullptr) return std::nullopt;
  return BalanceRuntime{.process = static_cast<int>(*process),
                        .port = static_cast<std::uint16_t>(*port),
                        .token = Secret(*token->as_string())};
}

void remove_balance_runtime(Host& host, const sync::Paths& paths, const BalanceRuntime& runtime) {
  const auto read = host.files.read(path_of(paths));
  const auto* content = std::get_if<platform::FileContent>(&read);
  if (content != nullptr && content->bytes == text_of(runtime)) {
    (void)host.files.remove(path_of(paths));
  }
}

}  // namespace start_claude::cli
