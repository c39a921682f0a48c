// What a person should hear and see while a connection is used, whoever passes it on.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "http/curl_transport.h"
#include "platform/clock.h"
#include "s3/attempt_report.h"
#include "ui/console.h"

namespace start_claude::cli {

/// Where a connection's remarks go.
struct Notices {
  std::function<void(const std::string&)> warn;
  std::function<void(const std::string&)> trace;  ///< a line for each request
  /// Shows how far a long exchange is; null for nobody.
  std::shared_ptr<http::ProgressObserver> progress = {};
};

/// A line for each request, to whoever wants to see them.
s3::AttemptObserver traced_attempts(const Notices& notices);

Notices notices_to(ui::Console& console, const platform::Clock& clock);

}  // namespace start_claude::cli
