// What a run did and why, in plain words, as JSON, and as an exit code.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "json/value.h"
#include "sync/engine.h"
#include "ui/console.h"

namespace start_claude::ui {

/// The sentences for stdout; empty if there is nothing to say.
std::vector<std::string> format_report(const Console& console, const sync::RunReport& report);

/// "WHAT is kept", and which command finds it.
std::string damaged_kept(const std::string& what);

/// A person was asked and wanted nothing done: exit code 6, and no error.
bool was_declined(const sync::RunReport& report);

/// True if the run replaced something, on either side, that s3-restore --last brings back.
bool can_be_undone(const sync::RunReport& report);

/// What the run could not do, as the error that ends the command: nothing at all, if it was held,
/// or no upload. Nothing if it did what it was for.
std::optional<Error> error_of_run(const sync::RunReport& report);

/// 0, 4, 6, 7 or 10: see `exit codes` in README.md.
int exit_code_of(const sync::RunReport& report);

/// RFC 3339 in UTC, or null for a time nobody knows.
json::Value json_of_time(const std::optional<UtcTime>& time);
/// The parts of the JSON output that more than one command has.
json::Value json_of(const sync::LocalCopy& local);
json::Value json_of(const sync::RemoteCopy& remote);
json::Value json_of(const Error& error);

/// One object: command, result, exit, changed, local, remote, reason, ...; RFC 3339 in UTC.
json::Object report_object(std::string_view command, const sync::RunReport& report);
json::Object error_object(std::string_view command, const Error& error);
std::string format_report_json(std::string_view command, const sync::RunReport& report);
/// The same shape for a command that ended with an error.
std::string format_error_json(std::string_view command, const Error& error);

}  // namespace start_claude::ui
