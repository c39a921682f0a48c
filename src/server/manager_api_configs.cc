// The requests of the manager's interface that are about profiles.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "base/time.h"
#include "config/document.h"
#include "config/profile.h"
#include "config/profile_edits.h"
#include "config/secret_mask.h"
#include "config/secret_members.h"
#include "config/secret_rules.h"
#include "json/write.h"
#include "server/manager_api.h"
#include "server/manager_json.h"

namespace start_claude::server {
namespace {

using config::FieldProblem;

Error malformed(std::string what) {
  return {ErrorKind::usage, std::move(what), "docs/manager-api.md has the requests"};
}

Error no_such_profile() {
  return {ErrorKind::usage, "there is no such configuration", "it may have been deleted meanwhile"};
}

Error not_valid() { return {ErrorKind::invalid_data, "not valid"}; }

std::vector<std::string> path_of(const json::Value& profile) {
  return {"configs", config::name_of(profile)};
}

/// Nothing that deletes: that is an edit of its own, which takes the secrets along.
bool marks_as_deleted(const json::Value& patch) {
  return patch.find("isDeleted") != nullptr || patch.find("deletedAt") != nullptr;
}

bool is_true(const json::Value* member) {
  return member != nullptr && member->as_bool() != nullptr && *member->as_bool();
}

std::optional<json::Value> without_secrets(const json::Value& value,
                                           const std::vector<std::string>& path) {
  if (const json::Object* object = value.as_object()) {
    json::Object kept;
    for (const json::Member& member : object->members()) {
      auto below = path;
      below.push_back(member.name);
      if (auto shown = without_secrets(member.value, below)) kept.set(member.name, *shown);
    }
    return kept;
  }
  const bool is_plain = value.is_null() || value.as_bool() != nullptr;
  if (!is_plain && config::is_secret(path, value)) return std::nullopt;
  return value;
}

/// Patches the profile at `index`; what is wrong with it goes into `problems`.
Result<json::Value> patch_profile(json::Value document, std::size_t index, const json::Value& given,
                                  std::vector<FieldProblem>& problems) {
  const json::Value before = *config::profile_at(document, index);
  auto checked = config::check_secrets(given, before, path_of(before));
  problems = std::move(checked.problems);
  if (!problems.empty()) return not_valid();
  json::Value result = config::with_profile_patched(std::move(document), index, checked.patch);
  if (is_true(given.find("isDefault"))) {
    result = config::with_default_profile(std::move(result), index);
  }
  problems = config::profile_problems(&before, result, index);
  if (!problems.empty()) return not_valid();
  return result;
}

/// Adds a profile, with `new_id` if it has none of its own.
Result<json::Value> add_to(json::Value document, const json::Value& given,
                           const std::string& new_id, std::vector<FieldProblem>& problems) {
  auto checked = config::check_secrets(given, json::Null{}, path_of(given));
  problems = std::move(checked.problems);
  if (!problems.empty()) return not_valid();
  json::Value added = config::patched(json::Object{}, checked.patch, path_of(given));
  if (!config::id_of(added)) added.as_object()->set("id", new_id);
  json::Value result = config::with_profile_added(std::move(document), std::move(added));
  problems = config::profile_problems(nullptr, result, config::entry_count(result) - 1);
  if (!problems.empty()) return not_valid();
  return result;
}

/// Changes the profile of that id or name, or adds it.
Result<json::Value> put_profile(json::Value document, const json::Value& given,
                                const std::string& new_id, std::vector<FieldProblem>& problems) {
  if (given.as_object() == nullptr || marks_as_deleted(given)) {
    return malformed("a configuration is an object, and is deleted by DELETE");
  }
  const auto index = config::find_profile(document, given);
  return index ? patch_profile(std::move(document), *index, given, problems)
               : add_to(std::move(document), given, new_id, problems);
}

/// The same for several; the problems of each are named after it: "production.apiKey".
Result<json::Value> put_profiles(json::Value document, const json::Array& given,
                                 const std::vector<std::string>& new_ids,
                                 std::vector<FieldProblem>& problems) {
  for (std::size_t i = 0; i < given.size(); ++i) {
    auto changed = put_profile(std::move(document), given[i], new_ids[i], problems);
    if (!changed) {
      const std::string name = base::printable(config::name_of(given[i]));
      for (FieldProblem& problem : problems) problem.field.insert(0, name + ".");
      return changed;
    }
    document = *std::move(changed);
  }
  return document;
}

/// {"configs": [...]}, a list of profiles, or one profile.
std::optional<json::Array> profiles_in(const json::Value& value) {
  const json::Value* list = &value;
  if (const json::Value* configs = value.find("configs")) list = configs;
  json::Array profiles;
  if (list->as_array() != nullptr) {
    profiles = *list->as_array();
  } else if (value.as_object() != nullptr && value.find("name") != nullptr) {
    profiles.push_back(value);
  } else {
    return std::nullopt;
  }
  const bool all_objects =
      std::all_of(profiles.begin(), profiles.end(),
                  [](const json::Value& profile) { return profile.as_object() != nullptr; });
  if (!all_objects) return std::nullopt;
  profiles.erase(std::remove_if(profiles.begin(), profiles.end(), config::is_tombstone),
                 profiles.end());
  return profiles;
}

/// What an import would do.
http::Response preview_of(const json::Value& document, const json::Array& given) {
  std::vector<FieldProblem> problems;
  const std::vector<std::string> ids(given.size());
  if (!put_profiles(document, given, ids, problems) && !problems.empty()) {
    return problems_response(problems);
  }
  json::Array added;
  json::Array changed;
  for (const json::Value& profile : given) {
    const auto index = config::find_profile(document, profile);
    const json::Value name = base::printable(config::name_of(profile));
    if (!index) {
      added.push_back(name);
      continue;
    }
    const json::Value& before = *config::profile_at(document, *index);
    if (config::patched(before, profile, path_of(profile)) != before) changed.push_back(name);
  }
  const auto same = given.size() - added.size() - changed.size();
  return json_response(
      200, json::Object{{"added", std::move(added)},
                        {"changed", std::move(changed)},
                        {"unchanged", json::Value::integer(static_cast<long long>(same))}});
}

}  // namespace

json::Value ManagerApi::json_of(const DocumentView& view) const {
  json::Array configs;
  json::Array indexes;
  json::Array secrets;
  for (const std::size_t index : config::profile_order(view.document)) {
    const json::Value& profile = *config::profile_at(view.document, index);
    auto shown = config::shown_value(profile, path_of(profile));
    configs.push_back(std::move(shown.value));
    secrets.push_back(paths_json(shown.secrets));
    indexes.push_back(json::Value::integer(static_cast<long long>(index)));
  }
  json::Object object{{"revision", view.revision},
                      {"exists", view.exists},
                      {"configs", std::move(configs)},
                      {"indexes", std::move(indexes)},
                      {"secrets", std::move(secrets)}};
  if (view.exists) object.set("modified", base::format_rfc3339(view.modified));
  if (!view.damage.empty()) object.set("damage", view.damage);
  if (!view.content_revision.empty()) object.set("content", view.content_revision);
  return object;
}

http::Response ManagerApi::get_configs(const Call& /*call*/) {
  auto view = parts_.document.read();
  if (!view) return error_response(view.error());
  return json_response(200, json_of(*view));
}

http::Response ManagerApi::post_config(const Call& call) {
  const json::Value* given = call.body.find("config");
  if (given == nullptr) return error_response(malformed("\"config\" is missing"));
  std::vector<FieldProblem> problems;
  const std::string id = random_id();
  const auto edit = [&](const json::Value& base) {
    return put_profile(base, *given, id, problems);
  };
  return save(call, {edit, "Saved " + base::printable(config::name_of(*given))}, problems);
}

http::Response ManagerApi::put_configs(const Call& call) {
  const json::Value* list = call.body.find("configs");
  if (list == nullptr || list->as_array() == nullptr) {
    return error_response(malformed("\"configs\" is not a list"));
  }
  const auto given = profiles_in(call.body);
  if (!given) return error_response(malformed("\"configs\" is not a list of objects"));
  std::vector<std::string> ids(given->size());
  for (std::string& id : ids) id = random_id();
  std::vector<FieldProblem> problems;
  const auto edit = [&](const json::Value& base) -> Result<json::Value> {
    auto changed = put_profiles(base, *given, ids, problems);
    if (!changed) return changed;
    json::Value document = *std::move(changed);
    std::vector<std::size_t> order;
    for (const json::Value& profile : *given) {
      const auto index = config::find_profile(document, profile);
      if (index && std::find(order.begin(), order.end(), *index) == order.end()) {
        order.push_back(*index);
      }
    }
    for (const std::size_t index : config::profile_order(document)) {
      if (std::find(order.begin(), order.end(), index) != order.end()) continue;
      document = config::with_profile_deleted(std::move(document), index, parts_.clock.now());
    }
    return config::with_profiles_ordered(std::move(document), order);
  };
  return save(call, {edit, "Saved all configurations"}, problems);
}

http::Response ManagerApi::patch_configs(const Call& call) {
  const std::string op = text_member(call.body, "op").value_or("");
  if (op == "reorder") return reorder(call);
  if (op == "add") return add_profile(call);
  const auto revision = text_member(call.body, "revision");
  if (!revision) return error_response(malformed("\"revision\" is missing"));
  const auto document = document_for(revision);
  if (!document) return error_response(document.error());
  const auto index = index_member(call.body, "index");
  const json::Value* profile = index ? config::profile_at(*document, *index) : nullptr;
  if (profile == nullptr) return error_response(no_such_profile());
  const std::string name = base::printable(config::name_of(*profile));
  if (op == "update") return update_profile(call, *index, name);
  if (op == "duplicate") {
    const config::ProfileCopy copy{config::name_for_copy(*document, config::name_of(*profile)),
                                   random_id()};
    const auto edit = [&](const json::Value& base) -> Result<json::Value> {
      return config::with_profile_copied(base, *index, copy);
    };
    return save(call, {edit, "Duplicated " + name}, {});
  }
  if (op == "delete") {
    const auto edit = [&](const json::Value& base) -> Result<json::Value> {
      return config::with_profile_deleted(base, *index, parts_.clock.now());
    };
    return save(call, {edit, "Deleted " + name}, {});
  }
  if (op == "default") {
    const auto edit = [&](const json::Value& base) -> Result<json::Value> {
      return config::with_default_profile(base, *index);
    };
    return save(call, {edit, name + " is the default now"}, {});
  }
  return error_response(malformed("there is no such \"op\""));
}

http::Response ManagerApi::reorder(const Call& call) {
  const auto order = indexes_member(call.body, "indexes");
  if (!order) return error_response(malformed("\"indexes\" is not a list of numbers"));
  const auto edit = [&](const json::Value& base) {
    return config::with_profiles_ordered(base, *order);
  };
  return save(call, {edit, "Changed the order"}, {});
}

http::Response ManagerApi::add_profile(const Call& call) {
  const json::Value* given = call.body.find("config");
  if (given == nullptr || given->as_object() == nullptr || marks_as_deleted(*given)) {
    return error_response(malformed("\"config\" is no configuration"));
  }
  const std::string id = random_id();
  std::vector<FieldProblem> problems;
  const auto edit = [&](const json::Value& base) -> Result<json::Value> {
    return add_to(base, *given, id, problems);
  };
  return save(call, {edit, "Added " + base::printable(config::name_of(*given))}, problems);
}

http::Response ManagerApi::update_profile(const Call& call, std::size_t index,
                                          const std::string& name) {
  const json::Value* changes = call.body.find("changes");
  if (changes == nullptr || changes->as_object() == nullptr || marks_as_deleted(*changes)) {
    return error_response(malformed("\"changes\" is no object of members"));
  }
  std::vector<FieldProblem> problems;
  const auto edit = [&](const json::Value& base) -> Result<json::Value> {
    return patch_profile(base, index, *changes, problems);
  };
  return save(call, {edit, "Saved " + name}, problems);
}

http::Response ManagerApi::delete_config(const Call& call) {
  const std::string name = query_parameter(call.request, "name").value_or("");
  const auto edit = [&](const json::Value& base) -> Result<json::Value> {
    const auto index = config::find_profile(base, json::Object{{"name", name}});
    if (!index) return no_such_profile();
    return config::with_profile_deleted(base, *index, parts_.clock.now());
  };
  return save(call, {edit, "Deleted " + base::printable(name)}, {});
}

http::Response ManagerApi::post_secret(const Call& call) {
  const auto document = document_for(text_member(call.body, "revision"));
  if (!document) return error_response(document.error());
  const auto path = texts_in(call.body.find("path"));
  if (!path || path->empty()) return error_response(malformed("\"path\" names no member"));
  const auto index = index_member(call.body, "index");
  const json::Value* profile = index ? config::profile_at(*document, *index) : nullptr;
  const bool is_setting = call.body.find("index") == nullptr && path->front() == "settings";
  if (profile == nullptr && !is_setting) return error_response(no_such_profile());
  const auto value = is_setting ? config::value_at(*document, {}, *path)
                                : config::value_at(*profile, path_of(*profile), *path);
  if (!value) return error_response(malformed("there is no such member"));
  const std::string of = is_setting ? "the settings" : base::printable(config::name_of(*profile));
  parts_.events.log(Weight::done, base::printable(path->back()) + " of " + of + " was shown");
  return json_response(200, json::Object{{"value", *value}});
}

http::Response ManagerApi::get_export(const Call& call) {
  const auto document = document_for(query_parameter(call.request, "revision"));
  if (!document) return error_response(document.error());
  const auto place = query_parameter(call.request, "index");
  http::Response response{200, {{"Content-Type", "application/json"}}, {}};
  response.headers.set("Content-Disposition",
                       "attachment; filename=\"start-claude-configurations.json\"");
  if (place) {
    const auto index = base::parse_unsigned(*place);
    const json::Value* profile =
        index ? config::profile_at(*document, static_cast<std::size_t>(*index)) : nullptr;
    if (profile == nullptr) return error_response(no_such_profile());
    const bool whole = query_parameter(call.request, "secrets") == "1";
    if (whole) {
      parts_.events.log(Weight::done, "Exported " + base::printable(config::name_of(*profile)) +
                                          " with its keys");
    }
    response.body =
        json::write_pretty(whole ? *profile : *without_secrets(*profile, path_of(*profile)));
    return response;
  }
  json::Array configs;
  for (const std::size_t index : config::profile_order(*document)) {
    const json::Value& profile = *config::profile_at(*document, index);
    configs.push_back(*without_secrets(profile, path_of(profile)));
  }
  response.body = json::write_pretty(json::Object{{"configs", std::move(configs)}});
  return response;
}

http::Response ManagerApi::post_import(const Call& call) {
  const auto parsed = config::parse_document(text_member(call.body, "text").value_or(""));
  if (!parsed) {
    return error_response({ErrorKind::invalid_data, "the file " + parsed.error().message});
  }
  const auto given = profiles_in(*parsed);
  if (!given || given->empty()) {
    return error_response({ErrorKind::invalid_data, "the file has no configurations in it",
                           "it must be {\"configs\": [...]}, a list, or one configuration"});
  }
  const auto document = document_for(text_member(call.body, "revision"));
  if (!document) return error_response(document.error());
  if (is_true(call.body.find("preview"))) return preview_of(*document, *given);
  std::vector<std::string> ids(given->size());
  for (std::string& id : ids) id = random_id();
  std::vector<FieldProblem> problems;
  const auto edit = [&](const json::Value& base) -> Result<json::Value> {
    return put_profiles(base, *given, ids, problems);
  };
  return save(call, {edit, "Imported " + base::count_of(given->size(), "configuration")}, problems);
}

}  // namespace start_claude::server
