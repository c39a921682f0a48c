#include "sync/automatic_run.h"

#include "json/parse.h"
#include "json/write.h"

namespace start_claude::sync {
namespace {

std::string text_member(const json::Value& value, std::string_view name) {
  const json::Value* member = value.find(name);
  const std::string* text = member != nullptr ? member->as_string() : nullptr;
  return text != nullptr ? *text : "";
}

}  // namespace

std::optional<AutomaticRun> last_automatic_run(const platform::FileSystem& files,
                                               const std::string& path) {
  const auto read = files.read(path);
  const auto* content = std::get_if<platform::FileContent>(&read);
  if (content == nullptr) return std::nullopt;
  const auto parsed = json::parse(content->bytes);
  const auto* value = std::get_if<json::Value>(&parsed);
  if (value == nullptr) return std::nullopt;
  const auto at = base::parse_time(text_member(*value, "at"));
  AutomaticRun run{.by = text_member(*value, "by"),
                   .at = at.value_or(UtcTime{}),
                   .result = text_member(*value, "result"),
                   .reason = text_member(*value, "reason"),
                   .message = text_member(*value, "message")};
  if (!at || run.by.empty() || run.result.empty()) return std::nullopt;
  return run;
}

Result<base::Done> record_automatic_run(platform::FileSystem& files, platform::Random& random,
                                        const std::string& path, const AutomaticRun& run) {
  json::Object object{{"version", json::Value::integer(1)},
                      {"by", run.by},
                      {"at", base::format_rfc3339(run.at)},
                      {"result", run.result},
                      {"reason", run.reason}};
  if (!run.message.empty()) object.set("message", run.message);
  const auto written = platform::replace_file(files, path, json::write_pretty(std::move(object)),
                                              {.unique = random.next()});
  if (const auto* failure = std::get_if<platform::FileFailure>(&written)) {
    return platform::disk_error("write", path, *failure);
  }
  return base::Done{};
}

}  // namespace start_claude::sync
