// One question to a service that hands out credentials, asked until there is a final answer.
#pragma once

#include <chrono>
#include <functional>

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

/// Sends what `request` makes, anew for each attempt. Lost connections, 429 and 5xx are tried
/// again, with a jittered pause between.
http::Reply ask(http::Transport& transport, platform::Clock& clock, platform::Random& random,
                const std::function<http::Request()>& request, const Patience& patience = {});

/// Says through parts.warn if what this URI answers can be read on the way.
void warn_if_exposed(const CredentialsParts& parts, const http::Uri& uri);

}  // namespace start_claude::s3
