// The parts of the manager's REST interface that several of its files speak.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "config/profile_rules.h"
#include "http/message.h"
#include "json/value.h"
#include "resolve/resolve.h"
#include "server/manager_document.h"

namespace start_claude::server {

http::Response json_response(int status, const json::Value& value);
/// {"kind", "message", "hint"?}
json::Object error_json(const Error& error);
/// {"error": {"kind", "message", "hint"?}} with the status that fits the kind.
http::Response error_response(const Error& error);
/// 422, with what is wrong beside each field.
http::Response problems_response(const std::vector<config::FieldProblem>& problems);

/// The value of a parameter of the query, decoded; nothing if it is not there.
std::optional<std::string> query_parameter(const http::Request& request, std::string_view name);

// Members of a request's body; absent, or of another type, is nothing.
std::optional<std::string> text_member(const json::Value& body, std::string_view name);
std::optional<std::size_t> index_member(const json::Value& body, std::string_view name);
std::optional<std::vector<std::size_t>> indexes_member(const json::Value& body,
                                                       std::string_view name);
std::optional<std::vector<std::string>> texts_in(const json::Value* list);

/// [["env", "MY_TOKEN"]...]
json::Array paths_json(const std::vector<resolve::FieldPath>& paths);

/// One field that differs on two sides: {"path", "name", "was", "local", "remote"}, secrets masked.
json::Value json_of(const resolve::FieldChange& change);
/// [{"path": [...], "side": "local"}...]
Result<std::vector<resolve::Choice>> choices_in(const json::Value* list);

/// "choose_fields" and the like, and back.
std::string_view name_of(resolve::Topic topic);
std::string_view name_of(resolve::Option option);
std::optional<resolve::Topic> topic_of(std::string_view name);
std::optional<resolve::Option> option_of(std::string_view name);

}  // namespace start_claude::server
