#include "ui/automatic.h"

#include "base/text.h"
#include "ui/names.h"
#include "ui/report.h"

namespace start_claude::ui {
namespace {

/// What the record says already by being one of a run that was held.
constexpr std::string_view said_already = "; nothing changed";

std::string reason_in(std::string message) {
  if (message.ends_with(said_already)) message.resize(message.size() - said_already.size());
  return message;
}

}  // namespace

sync::AutomaticRun automatic_run_of(const std::string& by, UtcTime at,
                                    const sync::RunReport& report) {
  sync::AutomaticRun run{.by = by,
                         .at = at,
                         .result = std::string(name_of(report.result)),
                         .reason = std::string(name_of(report.cause))};
  if (const auto error = error_of_run(report)) run.message = reason_in(error->message);
  return run;
}

sync::AutomaticRun automatic_run_of(const std::string& by, UtcTime at, const Error& error) {
  return {.by = by,
          .at = at,
          .result = "failed",
          .reason = std::string(name_of(error.kind)),
          .message = reason_in(error.message)};
}

std::string format_automatic_run(const sync::AutomaticRun& run, UtcTime now) {
  std::string text = base::printable(base::replace_all(run.result, "_", " "));
  // A clock that was set back since must not say "in 3 h".
  text += run.at <= now ? " " + base::format_span(now - run.at) + " ago" : " just now";
  if (run.message.empty()) return text + " (" + base::printable(run.by) + ")";
  return text + ": " + base::printable(run.message);
}

json::Value json_of(const sync::AutomaticRun& run) {
  json::Object object{{"by", run.by},
                      {"at", base::format_rfc3339(run.at)},
                      {"result", run.result},
                      {"reason", run.reason}};
  if (!run.message.empty()) object.set("message", run.message);
  return object;
}

}  // namespace start_claude::ui
