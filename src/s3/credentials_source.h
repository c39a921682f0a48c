// One place where credentials may come from, as a link of the chain (credentials_chain.h).
//
// A source that is not set up on this machine is passed over. One that is set up and does not work
// is an error that names it: going on to the next one would silently make this somebody else.
#pragma once

#include <functional>
#include <string>
#include <variant>

#include "base/result.h"
#include "http/transport.h"
#include "platform/clock.h"
#include "platform/environment.h"
#include "platform/filesystem.h"
#include "platform/program.h"
#include "platform/random.h"
#include "s3/attempt_report.h"
#include "s3/credentials.h"

namespace start_claude::s3 {

/// The source is not there, and how one sees that: "AWS_ACCESS_KEY_ID is not set".
struct PassedOver {
  std::string why;
};

using Sourced = std::variant<PassedOver, Credentials>;

class CredentialsSource {
 public:
  virtual ~CredentialsSource() = default;
  /// Looks anew at every call.
  virtual Result<Sourced> fetch() = 0;
};

/// What sources are made of. All of it outlives them.
struct CredentialsParts {
  platform::Clock& clock;
  const platform::FileSystem& files;
  platform::Random& random;
  const platform::Environment& environment;
  platform::Programs& programs;
  http::Transport& transport;  ///< as for the store, through a proxy if there is one
  http::Transport& direct;     ///< never through a proxy, for what is on this machine's own link
  /// Called with what a person should know though credentials were found; may be empty.
  std::function<void(const std::string&)> warn = {};
  /// Told of every request to a service that hands out credentials; may be empty.
  AttemptObserver report = {};
};

}  // namespace start_claude::s3
