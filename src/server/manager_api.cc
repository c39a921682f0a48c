#include "server/manager_api.h"

#include <array>
#include <utility>

#include "base/text.h"
#include "base/time.h"
#include "config/document.h"
#include "server/manager_guard.h"
#include "server/manager_json.h"

namespace start_claude::server {
namespace {

Error malformed(std::string what) {
  return {ErrorKind::usage, std::move(what), "docs/manager-api.md has the requests"};
}

Result<SyncOrder> order_in(const json::Value& body) {
  SyncOrder order;
  const std::string direction = text_member(body, "direction").value_or("both");
  if (direction == "up") {
    order.direction = resolve::Direction::up;
  } else if (direction == "down") {
    order.direction = resolve::Direction::down;
  } else if (direction != "both") {
    return malformed("\"direction\" is neither both, up nor down");
  }
  const json::Value* given = body.find("answer");
  if (given == nullptr || given->is_null()) return order;
  const auto topic = topic_of(text_member(*given, "topic").value_or(""));
  const bool takes_suggestion = given->find("option") == nullptr;
  const auto option = takes_suggestion ? std::optional(resolve::Option::no)
                                       : option_of(text_member(*given, "option").value_or(""));
  auto choices = choices_in(given->find("choices"));
  if (!topic || !option || !choices) return malformed("\"answer\" is not one to a question");
  order.answer = SyncAnswer{.topic = *topic,
                            .answer = {.option = *option, .choices = *std::move(choices)},
                            .takes_suggestion = takes_suggestion,
                            .local = text_member(*given, "local").value_or(""),
                            .remote = text_member(*given, "remote").value_or("")};
  return order;
}

}  // namespace

http::Response ManagerApi::answer(const http::Request& request) {
  using Handler = http::Response (ManagerApi::*)(const Call&);
  struct Route {
    std::string_view method;
    std::string_view path;
    Handler handler;
  };
  static constexpr std::array<Route, 22> routes{
      {{"GET", "/api/health", &ManagerApi::get_health},
       {"GET", "/api/configs", &ManagerApi::get_configs},
       {"POST", "/api/configs", &ManagerApi::post_config},
       {"PUT", "/api/configs", &ManagerApi::put_configs},
       {"PATCH", "/api/configs", &ManagerApi::patch_configs},
       {"DELETE", "/api/configs", &ManagerApi::delete_config},
       {"POST", "/api/secret", &ManagerApi::post_secret},
       {"GET", "/api/export", &ManagerApi::get_export},
       {"POST", "/api/import", &ManagerApi::post_import},
       {"GET", "/api/settings", &ManagerApi::get_settings},
       {"PUT", "/api/settings", &ManagerApi::put_settings},
       {"POST", "/api/test", &ManagerApi::post_test},
       {"GET", "/api/sync", &ManagerApi::get_sync},
       {"POST", "/api/sync", &ManagerApi::post_sync},
       {"POST", "/api/sync/undo", &ManagerApi::post_sync_undo},
       {"GET", "/api/diff", &ManagerApi::get_diff},
       {"GET", "/api/history", &ManagerApi::get_history},
       {"POST", "/api/restore", &ManagerApi::post_restore},
       {"POST", "/api/undo", &ManagerApi::post_undo},
       {"GET", "/api/activity", &ManagerApi::get_activity},
       {"GET", "/api/balance", &ManagerApi::get_balance},
       {"HEAD", "/api/health", &ManagerApi::get_health}}};
  bool is_known = false;
  for (const Route& route : routes) {
    if (route.path != request.uri.path) continue;
    is_known = true;
    if (route.method != request.method) continue;
    Call call{request, json::Object{}};
    if (!request.body.empty()) {
      auto parsed = config::parse_document(request.body);
      if (!parsed) return error_response(malformed("the body " + parsed.error().message));
      call.body = *std::move(parsed);
    }
    return (this->*route.handler)(call);
  }
  auto response = error_response(malformed("there is no such request"));
  response.status = is_known ? 405 : 404;
  return response;
}

http::Response ManagerApi::get_health(const Call& /*call*/) {
  return json_response(200, json::Object{{"status", "ok"}, {"version", parts_.version}});
}

http::Response ManagerApi::get_sync(const Call& call) {
  const bool looks = query_parameter(call.request, "look") == "1";
  return json_response(200, parts_.backend.status(looks ? Looking::there : Looking::here));
}

http::Response ManagerApi::post_sync(const Call& call) {
  auto order = order_in(call.body);
  if (!order) return error_response(order.error());
  return answer_run(parts_.backend.sync(*order));
}

http::Response ManagerApi::post_sync_undo(const Call& call) {
  const auto content = text_member(call.body, "content");
  if (!content) return error_response(malformed("\"content\" names no revision"));
  return answer_run(parts_.backend.undo_sync(*content));
}

http::Response ManagerApi::answer_run(const Result<json::Value>& done) {
  file_changed();
  if (!done) {
    parts_.events.log(Weight::failure, done.error().message);
    return error_response(done.error());
  }
  return json_response(200, *done);
}

http::Response ManagerApi::get_diff(const Call& /*call*/) {
  auto differences = parts_.backend.differences();
  return differences ? json_response(200, *differences) : error_response(differences.error());
}

http::Response ManagerApi::get_history(const Call& call) {
  const bool offline = query_parameter(call.request, "offline") == "1";
  auto revisions = parts_.backend.revisions(offline ? Looking::here : Looking::there);
  return revisions ? json_response(200, *revisions) : error_response(revisions.error());
}

http::Response ManagerApi::get_activity(const Call& /*call*/) {
  return json_response(200, json::Object{{"activity", parts_.events.activity()}});
}

http::Response ManagerApi::get_balance(const Call& /*call*/) {
  return json_response(200, parts_.backend.balance());
}

http::Response ManagerApi::post_restore(const Call& call) {
  const auto content = text_member(call.body, "content");
  if (!content) return error_response(malformed("\"content\" names no revision"));
  auto document = parts_.backend.document_of(*content);
  if (!document) return error_response(document.error());
  const std::string count =
      base::count_of(config::profile_count(*document), "configuration") + " from the history";
  Change change{[&](const json::Value& base) -> Result<json::Value> {
                  return config::with_s3_sync_of(*document, base);
                },
                "Restored " + count};
  const json::Value* upload = call.body.find("upload");
  change.stays_here = upload != nullptr && *upload == json::Value(false);
  if (!change.stays_here) change.then = [this](json::Object& answer) { upload_restored(answer); };
  return save(call, change, {});
}

void ManagerApi::upload_restored(json::Object& answer) {
  const auto uploaded = parts_.backend.upload_restored();
  if (!uploaded) return not_uploaded(answer, "Restored", uploaded.error());
  answer.set("uploaded", *uploaded == RestoreUpload::uploaded);
  if (*uploaded != RestoreUpload::uploaded) return;
  parts_.events.log(Weight::done, "Uploaded what was restored");
  answer.set("said", *answer.find("said")->as_string() + " and uploaded them");
}

http::Response ManagerApi::post_undo(const Call& call) {
  const auto before = parts_.document.remembered(text_member(call.body, "to").value_or(""));
  if (!before || !text_member(call.body, "revision")) {
    return error_response(
        {ErrorKind::undecided, "that is too long ago to be undone here", "the history has it"});
  }
  Change change{[&](const json::Value&) -> Result<json::Value> { return *before; }, "Undone"};
  const json::Value* upload = call.body.find("upload");
  const bool goes_there = upload != nullptr && *upload == json::Value(true);
  if (goes_there) change.then = [this](json::Object& answer) { upload_undone(answer); };
  return save(call, change, {});
}

void ManagerApi::upload_undone(json::Object& answer) {
  const auto uploaded = parts_.backend.sync({.direction = resolve::Direction::up});
  if (!uploaded) return not_uploaded(answer, "Undone", uploaded.error());
  const json::Value& result = *uploaded->find("result");
  if (result == json::Value("question")) {
    return not_uploaded(answer, "Undone",
                        {ErrorKind::undecided, "the remote copy was changed meanwhile",
                         "sync, and settle what is asked"});
  }
  if (result == json::Value("held")) {
    return not_uploaded(answer, "Undone",
                        {ErrorKind::undecided, *uploaded->find("said")->as_string()});
  }
  answer.set("uploaded", true);
  answer.set("said", "Undone here and remotely");
}

void ManagerApi::not_uploaded(json::Object& answer, const std::string& done, const Error& error) {
  parts_.events.log(Weight::failure, done + " here, but not uploaded: " + error.message);
  answer.set("problem", error_json(error));
}

http::Response ManagerApi::save(const Call& call, const Change& change,
                                const std::vector<config::FieldProblem>& problems) {
  auto choices = choices_in(call.body.find("choices"));
  if (!choices) return error_response(choices.error());
  const auto in_query = query_parameter(call.request, "revision");
  const std::string base = text_member(call.body, "revision").value_or(in_query.value_or(""));
  auto outcome = parts_.document.save(
      base, change.edit, {text_member(call.body, "seen").value_or(""), *std::move(choices)});
  if (!problems.empty()) return problems_response(problems);
  if (!outcome) return error_response(outcome.error());
  if (const auto* saved = std::get_if<Saved>(&*outcome)) return answer_saved(*saved, change);
  if (const auto* clash = std::get_if<Clash>(&*outcome)) {
    json::Array conflicts;
    for (const auto& conflict : clash->conflicts) conflicts.push_back(server::json_of(conflict));
    return json_response(
        409,
        json::Object{{"error", json::Object{{"kind", "undecided"},
                                            {"message",
                                             "somebody else changed the same meanwhile; "
                                             "nothing was saved"}}},
                     {"clash", json::Object{{"seen", clash->theirs},
                                            {"modified", base::format_rfc3339(clash->modified)},
                                            {"conflicts", std::move(conflicts)}}}});
  }
  return json_response(409,
                       json::Object{{"error", json::Object{{"kind", "undecided"},
                                                           {"message",
                                                            "this page is out of date; nothing was "
                                                            "saved"},
                                                           {"hint", "load it again"}}}});
}

http::Response ManagerApi::answer_saved(const Saved& saved, const Change& change) {
  const std::string& said = change.said;
  if (saved.changed) {
    parts_.events.log(Weight::done,
                      saved.merged ? said + ", merged with what changed meanwhile" : said);
    announce(saved.view);
    if (change.stays_here) parts_.backend.stays_here(saved.view.content_revision);
    if (saved.profiles_changed) parts_.backend.saved();
  }
  json::Value shown = json_of(saved.view);
  json::Object& object = *shown.as_object();
  object.set("changed", saved.changed);
  object.set("merged", saved.merged);
  object.set("said", said);
  if (saved.changed) object.set("undo", saved.before);
  if (change.then) change.then(object);
  return json_response(200, shown);
}

Result<json::Value> ManagerApi::document_for(const std::optional<std::string>& revision) {
  if (revision && !revision->empty()) {
    if (auto document = parts_.document.remembered(*revision)) return *std::move(document);
    return Error{ErrorKind::undecided, "this page is out of date", "load it again"};
  }
  auto view = parts_.document.read();
  if (!view) return std::move(view).error();
  return std::move(view->document);
}

void ManagerApi::announce(const DocumentView& view) {
  {
    const std::scoped_lock guard(mutex_);
    if (announced_ == view.revision) return;
    announced_ = view.revision;
  }
  parts_.events.publish("configs", json::Object{{"revision", view.revision}});
}

void ManagerApi::file_changed() {
  if (const auto view = parts_.document.read()) announce(*view);
}

std::string ManagerApi::random_id() {
  // RFC 9562, version 4.
  const std::string digits = random_token(parts_.random).reveal();
  return digits.substr(0, 8) + "-" + digits.substr(8, 4) + "-4" + digits.substr(13, 3) + "-a" +
         digits.substr(17, 3) + "-" + digits.substr(20, 12);
}

}  // namespace start_claude::server
