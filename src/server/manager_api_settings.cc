// The requests of the manager's interface that are about settings.
#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "config/document.h"
#include "config/profile_edits.h"
#include "config/s3_settings.h"
#include "config/secret_mask.h"
#include "config/secret_rules.h"
#include "server/manager_api.h"
#include "server/manager_json.h"

namespace start_claude::server {
namespace {

using config::FieldProblem;

/// What is not even shown masked.
constexpr std::array<std::string_view, 2> write_only{"secretAccessKey", "sessionToken"};
/// Settings that a connection depends on: saved only once it worked.
constexpr std::array<std::string_view, 11> connecting{
    "bucket",          "region",       "endpointUrl", "endpoint", "key",       "accessKeyId",
    "secretAccessKey", "sessionToken", "credentials", "caFile",   "addressing"};

const json::Value* s3_sync_in(const json::Value& document) {
  const json::Value* settings = document.find("settings");
  return settings != nullptr ? settings->find("s3Sync") : nullptr;
}

config::ShownValue shown_settings(const json::Value& document) {
  const json::Value* settings = document.find("settings");
  if (settings == nullptr || settings->as_object() == nullptr) return {json::Object{}};
  json::Value shown = *settings;
  json::Value* s3_sync = shown.as_object()->find("s3Sync");
  if (s3_sync != nullptr && s3_sync->as_object() != nullptr) {
    for (const std::string_view name : write_only) s3_sync->as_object()->remove(name);
  }
  return config::shown_value(shown, {"settings"});
}

bool is_stored(const json::Value& document, std::string_view name) {
  const json::Value* s3_sync = s3_sync_in(document);
  const json::Value* secret = s3_sync != nullptr ? s3_sync->find(name) : nullptr;
  return secret != nullptr && secret->as_string() != nullptr && !secret->as_string()->empty();
}

/// The patch with its secrets as they shall be stored.
config::CheckedPatch checked_settings(const json::Value& document, const json::Value& patch) {
  const json::Value* settings = document.find("settings");
  return config::check_secrets(patch, settings != nullptr ? *settings : json::Null{}, {"settings"});
}

json::Value with_settings(json::Value document, const json::Value& patch) {
  if (document.as_object() == nullptr) return document;
  const json::Value* settings = document.find("settings");
  json::Value changed =
      config::patched(settings != nullptr ? *settings : json::Object{}, patch, {"settings"});
  document.as_object()->set("settings", std::move(changed));
  return document;
}

json::Value s3_sync_patch(std::string_view name, const std::string& value) {
  return json::Object{{"s3Sync", json::Object{{std::string(name), value}}}};
}

/// Whether that member is another one than before.
bool is_changed(const json::Value* was, const json::Value& now, std::string_view name) {
  const json::Value* first = was != nullptr ? was->find(name) : nullptr;
  const json::Value* second = now.find(name);
  return first != nullptr && second != nullptr ? *first != *second : first != second;
}

bool is_connection_changed(const json::Value& before, const json::Value& after) {
  const json::Value* was = s3_sync_in(before);
  const json::Value* now = s3_sync_in(after);
  return now != nullptr &&
         std::any_of(connecting.begin(), connecting.end(),
                     [&](std::string_view name) { return is_changed(was, *now, name); });
}

bool is_minutes(const json::Value& value) {
  const json::Number* number = value.as_number();
  const auto minutes = number != nullptr ? base::parse_unsigned(number->spelling) : std::nullopt;
  return minutes && *minutes >= 5 && *minutes <= 1440;
}

bool is_policy(const json::Value& value) {
  const std::string* text = value.as_string();
  return text != nullptr && (*text == "prompt" || *text == "local" || *text == "remote");
}

/// What stands there already is not complained about: it has a meaning, and who saves something
/// else need not mend it.
void check_s3_sync(const json::Value* was, const json::Value* now,
                   std::vector<FieldProblem>& problems) {
  if (now == nullptr) return;
  const auto check = [&](std::string_view name, auto is_right, std::string_view problem) {
    const json::Value* value = now->find(name);
    if (value == nullptr || is_right(*value) || !is_changed(was, *now, name)) return;
    problems.push_back({"s3Sync." + std::string(name), std::string(problem)});
  };
  check("remoteConfigCheckIntervalMinutes", is_minutes, "must be between 5 and 1440 minutes");
  check("conflictResolution", is_policy, "must be prompt, local or remote");
  const auto is_switch = [](const json::Value& value) { return value.as_bool() != nullptr; };
  for (const std::string_view name : {"autoUpload", "autoDownload", "readOnly"}) {
    check(name, is_switch, "must be on or off");
  }
  const json::Value* bucket = now->find("bucket");
  const std::string* bucket_name = bucket != nullptr ? bucket->as_string() : nullptr;
  if (bucket_name == nullptr || base::trim(*bucket_name).empty()) {
    problems.push_back({"s3Sync.bucket", "is required"});
  }
}

std::vector<FieldProblem> problems_in(const json::Value& before, const json::Value& after) {
  const json::Value* settings = after.find("settings");
  if (settings == nullptr) return {};
  auto problems = config::settings_problems(before.find("settings"), *settings);
  const json::Value* was = s3_sync_in(before);
  const json::Value* now = s3_sync_in(after);
  const bool changed = now != nullptr && (was == nullptr || *was != *now);
  if (changed) check_s3_sync(was, now, problems);
  return problems;
}

}  // namespace

http::Response ManagerApi::get_settings(const Call& /*call*/) {
  auto view = parts_.document.read();
  if (!view) return error_response(view.error());
  auto shown = shown_settings(view->document);
  const auto preferences = config::sync_preferences_of(view->document);
  json::Array remarks;
  for (const std::string& remark : preferences.remarks) remarks.emplace_back(remark);
  json::Object object{{"revision", view->revision},
                      {"settings", std::move(shown.value)},
                      {"secrets", paths_json(shown.secrets)},
                      {"hasSecretAccessKey", is_stored(view->document, "secretAccessKey")},
                      {"hasSessionToken", is_stored(view->document, "sessionToken")},
                      {"holds", config::json_of(preferences)},
                      {"remarks", std::move(remarks)}};
  if (!view->damage.empty()) object.set("damage", view->damage);
  return json_response(200, object);
}

http::Response ManagerApi::put_settings(const Call& call) {
  const json::Value* patch = call.body.find("settings");
  if (patch == nullptr || patch->as_object() == nullptr) {
    return error_response({ErrorKind::usage, "\"settings\" is missing"});
  }
  const auto base = document_for(text_member(call.body, "revision"));
  if (!base) return error_response(base.error());
  const auto checked = checked_settings(*base, *patch);
  if (!checked.problems.empty()) return problems_response(checked.problems);
  const json::Value wanted = with_settings(*base, checked.patch);
  const auto problems = problems_in(*base, wanted);
  if (!problems.empty()) return problems_response(problems);
  if (auto settings = config::s3_settings_from(wanted); !settings) {
    return error_response({ErrorKind::invalid_data, settings.error().message});
  }
  std::optional<std::string> region;
  Change change{.said = "Saved the settings"};
  if (is_connection_changed(*base, wanted)) {
    auto tested = parts_.backend.test_connection(wanted);
    if (!tested) return error_response(tested.error());
    region = tested->region;
    change.then = [this](json::Object& answer) { settle(answer); };
  }
  change.edit = [&](const json::Value& from) -> Result<json::Value> {
    json::Value saved = with_settings(from, checked.patch);
    if (!region) return saved;
    return with_settings(std::move(saved), s3_sync_patch("region", *region));
  };
  auto response = save(call, change, {});
  if (response.status == 200) parts_.events.publish("settings", json::Object{});
  return response;
}

void ManagerApi::settle(json::Object& answer) {
  const auto settled = parts_.backend.sync({.is_set_up_anew = true});
  if (!settled) {
    parts_.events.log(Weight::failure, "Not synced: " + settled.error().message);
    answer.set("sync", json::Object{{"result", "failed"}, {"error", error_json(settled.error())}});
    return;
  }
  answer.set("sync", *settled);
  file_changed();
}

http::Response ManagerApi::post_test(const Call& call) {
  const auto base = document_for(text_member(call.body, "revision"));
  if (!base) return error_response(base.error());
  const json::Value* patch = call.body.find("settings");
  const auto checked =
      checked_settings(*base, patch != nullptr ? *patch : json::Value(json::Object{}));
  auto problems = checked.problems;
  const json::Value wanted = with_settings(*base, checked.patch);
  check_s3_sync(s3_sync_in(*base), s3_sync_in(wanted), problems);
  if (!problems.empty()) return problems_response(problems);
  auto tested = parts_.backend.test_connection(wanted);
  if (!tested) return error_response(tested.error());
  return json_response(200, json::Object{{"said", tested->said}});
}

}  // namespace start_claude::server
