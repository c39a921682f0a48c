#include "server/manager_json.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "config/secret_mask.h"
#include "json/write.h"

namespace start_claude::server {
namespace {

using resolve::Option;
using resolve::Topic;

int status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage: return 400;
    case ErrorKind::undecided:
    case ErrorKind::locked:
    case ErrorKind::not_configured: return 409;
    case ErrorKind::invalid_data: return 422;
    // Those of the store, not of this server: 401 and 403 would mean the page's own session.
    case ErrorKind::access_denied:
    case ErrorKind::no_such_bucket:
    case ErrorKind::unreachable: return 502;
    case ErrorKind::unexpected:
    case ErrorKind::local_disk:
    case ErrorKind::interrupted: return 500;
  }
  return 500;
}

struct TopicName {
  Topic topic;
  std::string_view name;
};

constexpr std::array<TopicName, 9> topics{{{Topic::confirm_merge, "confirm_merge"},
                                           {Topic::choose_fields, "choose_fields"},
                                           {Topic::choose_side, "choose_side"},
                                           {Topic::replace_newer_remote, "replace_newer_remote"},
                                           {Topic::replace_newer_local, "replace_newer_local"},
                                           {Topic::recreate_remote, "recreate_remote"},
                                           {Topic::repair_remote, "repair_remote"},
                                           {Topic::accept_empty_remote, "accept_empty_remote"},
                                           {Topic::accept_removals, "accept_removals"}}};

struct OptionName {
  Option option;
  std::string_view name;
};

constexpr std::array<OptionName, 7> options{{{Option::yes, "yes"},
                                             {Option::no, "no"},
                                             {Option::keep_both, "keep_both"},
                                             {Option::take_remote, "take_remote"},
                                             {Option::replace_remote, "replace_remote"},
                                             {Option::view_differences, "view_differences"},
                                             {Option::leave_both, "leave_both"}}};

json::Value shown(const resolve::FieldPath& path, const std::optional<json::Value>& value) {
  if (!value) return json::Null{};
  return config::masked(*value, path);
}

std::optional<std::size_t> index_in(const json::Value& value) {
  const json::Number* number = value.as_number();
  if (number == nullptr) return std::nullopt;
  const auto parsed = base::parse_unsigned(number->spelling);
  if (!parsed) return std::nullopt;
  return static_cast<std::size_t>(*parsed);
}

}  // namespace

http::Response json_response(int status, const json::Value& value) {
  return {status, {{"Content-Type", "application/json"}}, json::write_compact(value) + "\n"};
}

json::Object error_json(const Error& error) {
  json::Object object{{"kind", base::name_of(error.kind)}, {"message", error.message}};
  if (!error.hint.empty()) object.set("hint", error.hint);
  return object;
}

http::Response error_response(const Error& error) {
  return json_response(status_of(error.kind), json::Object{{"error", error_json(error)}});
}

http::Response problems_response(const std::vector<config::FieldProblem>& problems) {
  json::Object fields;
  for (const config::FieldProblem& problem : problems) fields.set(problem.field, problem.problem);
  const auto& first = problems.front();
  return json_response(
      422, json::Object{{"error", json::Object{{"kind", "invalid_data"},
                                               {"message", first.field + " " + first.problem},
                                               {"fields", std::move(fields)}}}});
}

std::optional<std::string> query_parameter(const http::Request& request, std::string_view name) {
  for (const std::string_view pair : base::split(request.uri.query, '&')) {
    const auto equals = std::min(pair.find('='), pair.size());
    if (pair.substr(0, equals) != name) continue;
    const std::string_view value = equals < pair.size() ? pair.substr(equals + 1) : "";
    return http::percent_decode(base::replace_all(std::string(value), "+", "%20"));
  }
  return std::nullopt;
}

std::optional<std::string> text_member(const json::Value& body, std::string_view name) {
  const json::Value* member = body.find(name);
  if (member == nullptr || member->as_string() == nullptr) return std::nullopt;
  return *member->as_string();
}

std::optional<std::size_t> index_member(const json::Value& body, std::string_view name) {
  const json::Value* member = body.find(name);
  return member != nullptr ? index_in(*member) : std::nullopt;
}

std::optional<std::vector<std::size_t>> indexes_member(const json::Value& body,
                                                       std::string_view name) {
  const json::Value* member = body.find(name);
  const json::Array* list = member != nullptr ? member->as_array() : nullptr;
  if (list == nullptr) return std::nullopt;
  std::vector<std::size_t> indexes;
  for (const json::Value& element : *list) {
    const auto index = index_in(element);
    if (!index) return std::nullopt;
    indexes.push_back(*index);
  }
  return indexes;
}

std::optional<std::vector<std::string>> texts_in(const json::Value* list) {
  const json::Array* array = list != nullptr ? list->as_array() : nullptr;
  if (array == nullptr) return std::nullopt;
  std::vector<std::string> texts;
  for (const json::Value& element : *array) {
    if (element.as_string() == nullptr) return std::nullopt;
    texts.push_back(*element.as_string());
  }
  return texts;
}

json::Array paths_json(const std::vector<resolve::FieldPath>& paths) {
  json::Array array;
  for (const resolve::FieldPath& path : paths) {
    array.push_back(json::Array(path.begin(), path.end()));
  }
  return array;
}

json::Value json_of(const resolve::FieldChange& change) {
  json::Array path(change.path.begin(), change.path.end());
  return json::Object{{"path", std::move(path)},
                      {"name", resolve::format_path(change.path)},
                      {"was", shown(change.path, change.ancestor)},
                      {"local", shown(change.path, change.local)},
                      {"remote", shown(change.path, change.remote)}};
}

Result<std::vector<resolve::Choice>> choices_in(const json::Value* list) {
  std::vector<resolve::Choice> choices;
  if (list == nullptr) return choices;
  const Error malformed{ErrorKind::usage, "\"choices\" is not a list of paths and sides"};
  if (list->as_array() == nullptr) return malformed;
  for (const json::Value& element : *list->as_array()) {
    auto path = texts_in(element.find("path"));
    const auto side = text_member(element, "side");
    if (!path || (side != "local" && side != "remote")) return malformed;
    choices.push_back(
        {*std::move(path), side == "local" ? resolve::Side::local : resolve::Side::remote});
  }
  return choices;
}

std::string_view name_of(Topic topic) {
  const auto found = std::find_if(topics.begin(), topics.end(),
                                  [&](const TopicName& known) { return known.topic == topic; });
  return found->name;
}

std::string_view name_of(Option option) {
  const auto found = std::find_if(options.begin(), options.end(),
                                  [&](const OptionName& known) { return known.option == option; });
  return found->name;
}

std::optional<Topic> topic_of(std::string_view name) {
  for (const TopicName& known : topics) {
    if (known.name == name) return known.topic;
  }
  return std::nullopt;
}

std::optional<Option> option_of(std::string_view name) {
  for (const OptionName& known : options) {
    if (known.name == name) return known.option;
  }
  return std::nullopt;
}

}  // namespace start_claude::server
