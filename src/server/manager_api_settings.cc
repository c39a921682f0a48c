// The requests of the manager's interface that are about settings.
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

bool is_connection_changed(const json::Value& before, const json::Value& after) {
  const json::Value* was = s3_sync_in(before);
  const json::Value* now = s3_sync_in(after);
  if (now == nullptr) return false;
  for (const std::string_view name : connecting) {
    const json::Value* first = was != nullptr ? was->find(name) : nullptr;
    const json::Value* second = now->find(name);
    const bool same = first != nullptr && second != nullptr ? *first == *second : first == second;
    if (!same) return true;
  }
  return false;
}

void check_s3_sync(const json::Value* now, std::vector<FieldProblem>& problems) {
  if (now == nullptr) return;
  const std::string prefix = "s3Sync.";
  const json::Value* interval = now->find("remoteConfigCheckIntervalMinutes");
  if (interval != nullptr) {
    const json::Number* number = interval->as_number();
    const auto minutes = number != nullptr ? base::parse_unsigned(number->spelling) : std::nullopt;
    if (!minutes || *minutes < 5 || *minutes > 1440) {
      problems.push_back(
          {prefix + "remoteConfigCheckIntervalMinutes", "must be between 5 and 1440 minutes"});
    }
  }
  const json::Value* policy = now->find("conflictResolution");
  const std::string* text = policy != nullptr ? policy->as_string() : nullptr;
  if (policy != nullptr &&
      (text == nullptr || (*text != "prompt" && *text != "local" && *text != "remote"))) {
    problems.push_back({prefix + "conflictResolution", "must be prompt, local or remote"});
  }
  for (const std::string_view name : {"autoUpload", "autoDownload", "readOnly"}) {
    const json::Value* flag = now->find(name);
    if (flag != nullptr && flag->as_bool() == nullptr) {
      problems.push_back({prefix + std::string(name), "must be on or off"});
    }
  }
  const json::Value* bucket = now->find("bucket");
  const std::string* bucket_name = bucket != nullptr ? bucket->as_string() : nullptr;
  if (bucket_name == nullptr || base::trim(*bucket_name).empty()) {
    problems.push_back({prefix + "bucket", "is required"});
  }
}

std::vector<FieldProblem> problems_in(const json::Value& before, const json::Value& after) {
  const json::Value* settings = after.find("settings");
  if (settings == nullptr) return {};
  auto problems = config::settings_problems(before.find("settings"), *settings);
  const json::Value* was = s3_sync_in(before);
  const json::Value* now = s3_sync_in(after);
  const bool changed = now != nullptr && (was == nullptr || *was != *now);
  if (changed) check_s3_sync(now, problems);
  return problems;
}

}  // namespace

http::Response ManagerApi::get_settings(const Call& /*call*/) {
  auto view = parts_.document.read();
  if (!view) return error_response(view.error());
  auto shown = shown_settings(view->document);
  json::Object object{{"revision", view->revision},
                      {"settings", std::move(shown.value)},
                      {"secrets", paths_json(shown.secrets)},
                      {"hasSecretAccessKey", is_stored(view->document, "secretAccessKey")},
                      {"hasSessionToken", is_stored(view->document, "sessionToken")}};
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
  if (is_connection_changed(*base, wanted)) {
    auto tested = parts_.backend.test_connection(wanted);
    if (!tested) return error_response(tested.error());
  }
  const auto edit = [&](const json::Value& from) -> Result<json::Value> {
    return with_settings(from, checked.patch);
  };
  auto response = save(call, {edit, "Saved the settings"}, {});
  if (response.status == 200) parts_.events.publish("settings", json::Object{});
  return response;
}

http::Response ManagerApi::post_test(const Call& call) {
  const auto base = document_for(text_member(call.body, "revision"));
  if (!base) return error_response(base.error());
  const json::Value* patch = call.body.find("settings");
  const auto checked =
      checked_settings(*base, patch != nullptr ? *patch : json::Value(json::Object{}));
  auto problems = checked.problems;
  const json::Value wanted = with_settings(*base, checked.patch);
  check_s3_sync(s3_sync_in(wanted), problems);
  if (!problems.empty()) return problems_response(problems);
  auto tested = parts_.backend.test_connection(wanted);
  if (!tested) return error_response(tested.error());
  return json_response(200, json::Object{{"said", *tested}});
}

}  // namespace start_claude::server
