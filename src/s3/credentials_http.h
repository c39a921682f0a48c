// One question to a service that hands out credentials, asked until there is a final answer.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "http/transport.h"
#include "platform/clock.h"
#include "platform/random.h"
#include "s3/credentials_source.h"

namespace start_claude::s3 {

struct Patience {
  int attempts_max = 3;
  std::chrono::milliseconds attempt_timeout{5'000};
  std::chrono::milliseconds deadline{15'000};
};

/// The way to a service: as the store's requests go, or never through a proxy.
enum class Route { as_store, direct };

struct Question {
  std::function<http::Request()> request;  ///< makes it, anew for each attempt
  Route route = Route::as_store;
  Patience patience = {};
  /// What a report shows in place of the path: at ECS, knowing it is all it takes.
  std::optional<std::string> shown_path = {};
};

/// Lost connections, 429 and 5xx are tried again, with a jittered pause between.
http::Reply ask(const CredentialsParts& parts, const Question& question);

/// What a metadata service answered with 200: the credentials, or an error of which the service's
/// name, `answerer`, and `hint` are part. The text is never shown.
Result<Credentials> credentials_from_metadata(std::string_view text, const std::string& answerer,
                                              std::string hint);

/// Says through parts.warn if what this URI answers can be read on the way.
void warn_if_exposed(const CredentialsParts& parts, const http::Uri& uri);

}  // namespace start_claude::s3
