// A run's report as --json has it; docs/unattended.md lists the members.
#include "base/time.h"
#include "config/secret_mask.h"
#include "json/write.h"
#include "ui/effects.h"
#include "ui/names.h"
#include "ui/report.h"

namespace start_claude::ui {
namespace {

using sync::RunReport;

json::Value count_value(std::size_t count) {
  return json::Value::integer(static_cast<long long>(count));
}

/// What stands on the sides that were written.
void set_after(json::Object& side, const RunReport& report) {
  side.set("exists", true);
  side.set("modified", json_of_time(report.after.modified));
  side.set("configurations", count_value(report.profiles_after));
  side.set("revision", report.after.revision);
  side.remove("damage");
}

/// The side as it is after the run.
json::Value local_after(const RunReport& report) {
  json::Value side = json_of(report.found.local);
  const bool is_written = report.local_changed && !report.after.revision.empty();
  if (is_written) set_after(*side.as_object(), report);
  return side;
}

json::Value remote_after(const RunReport& report) {
  json::Value side = json_of(report.found.remote);
  const bool is_written = report.remote_changed && !report.after.revision.empty();
  if (!is_written) return side;
  set_after(*side.as_object(), report);
  side.as_object()->set("writer", report.after.writer);
  return side;
}

json::Value value_in(const resolve::FieldChange& change, const std::optional<json::Value>& value) {
  if (!value) return json::Null{};
  return config::masked(*value, change.path);
}

/// Each field that was settled: which side's value stands, and the one that does not.
json::Value settled_json(const RunReport& report) {
  json::Array list;
  for (const auto& conflict : report.conflicts) {
    const bool is_local = conflict.taken_from == resolve::Side::local;
    list.emplace_back(
        json::Object{{"path", resolve::format_path(conflict.path)},
                     {"taken", name_of(conflict.taken_from)},
                     {"lost", value_in(conflict, is_local ? conflict.remote : conflict.local)},
                     {"kept_in", "s3-history"}});
  }
  return list;
}

json::Value conflicts_json(const RunReport& report) {
  json::Array paths;
  for (const auto& conflict : report.conflicts) {
    paths.emplace_back(resolve::format_path(conflict.path));
  }
  return paths;
}

}  // namespace

json::Value json_of_time(const std::optional<UtcTime>& time) {
  return time ? json::Value(base::format_rfc3339(*time)) : json::Value(json::Null{});
}

json::Value json_of(const sync::LocalCopy& local) {
  json::Object object{{"exists", local.exists}};
  if (!local.exists) return object;
  object.set("modified", json_of_time(base::plausible(local.modified, base::time_max)));
  object.set("configurations", count_value(local.profiles));
  if (!local.revision.empty()) object.set("revision", local.revision);
  if (!local.damage.empty()) object.set("damage", local.damage);
  return object;
}

json::Value json_of(const sync::RemoteCopy& remote) {
  json::Object object{{"exists", remote.exists}};
  if (!remote.exists) return object;
  object.set("modified", json_of_time(remote.modified));
  object.set("configurations", count_value(remote.profiles));
  if (!remote.revision.empty()) object.set("revision", remote.revision);
  if (!remote.writer.empty()) object.set("writer", remote.writer);
  if (!remote.damage.empty()) object.set("damage", remote.damage);
  return object;
}

json::Value json_of(const Error& error) {
  json::Object object{{"kind", name_of(error.kind)}, {"message", error.message}};
  if (!error.hint.empty()) object.set("hint", error.hint);
  return object;
}

json::Object report_object(std::string_view command, const RunReport& report) {
  json::Object object{{"command", command},
                      {"result", name_of(report.result)},
                      {"exit", json::Value::integer(exit_code_of(report))},
                      {"changed", report.local_changed || report.remote_changed},
                      {"local_changed", report.local_changed},
                      {"remote_changed", report.remote_changed},
                      {"local", local_after(report)},
                      {"remote", remote_after(report)},
                      {"reason", name_of(report.cause)},
                      {"changes", json_of(report.effects)},
                      {"removed", removed_json(report.effects)}};
  if (!report.conflicts.empty()) {
    object.set("conflicts", conflicts_json(report));
    if (report.result != sync::RunResult::held) object.set("settled", settled_json(report));
  }
  if (!report.removals.empty()) {
    object.set("would_remove",
               json::Array(report.removals.profiles.begin(), report.removals.profiles.end()));
  }
  if (report.kept_damaged) object.set("damaged_kept", true);
  if (can_be_undone(report)) object.set("undo", undo_command);
  if (report.skew) {
    object.set(
        "clock_skew_seconds",
        json::Value::integer(std::chrono::round<std::chrono::seconds>(*report.skew).count()));
  }
  if (const auto error = error_of_run(report)) object.set("error", json_of(*error));
  return object;
}

std::string format_report_json(std::string_view command, const RunReport& report) {
  return json::write_compact(report_object(command, report));
}

json::Object error_object(std::string_view command, const Error& error) {
  return json::Object{{"command", command},
                      {"result", "failed"},
                      {"exit", json::Value::integer(base::exit_code(error.kind))},
                      {"changed", false},
                      {"local", json::Null{}},
                      {"remote", json::Null{}},
                      {"reason", name_of(error.kind)},
                      {"error", json_of(error)}};
}

std::string format_error_json(std::string_view command, const Error& error) {
  return json::write_compact(error_object(command, error));
}

}  // namespace start_claude::ui
