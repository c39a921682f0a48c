#include "cli/connection_check.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "base/time.h"
#include "sync/remote_copy.h"

namespace start_claude::cli {
namespace {

std::string describe_remote(const ui::Console& console, const sync::RemoteCopy& remote,
                            UtcTime server_now) {
  if (!remote.document) return "readable, but what is stored there " + remote.damage;
  std::string line = "readable: " + base::count_of(remote.profiles, "configuration") + ", " +
                     console.time(remote.modified);
  if (!remote.writer.empty()) line += ", by " + base::printable(remote.writer);
  // The Date header has whole seconds: what was stored just now may seem to lie ahead of it.
  if (!remote.modified) return line;
  const auto age = server_now - *remote.modified;
  if (age > -std::chrono::seconds(2))
    line += " (" + base::format_span(std::max(age, age.zero())) + " ago)";
  return line;
}

}  // namespace

Result<std::string> describe_what_is_there(Connection& connection, Host& host,
                                           const ui::Console& console) {
  auto outcome = connection.store().get(connection.location(), std::nullopt);
  if (!outcome) return std::move(outcome).error();
  if (auto* object = std::get_if<s3::Object>(&*outcome)) {
    const auto skew = connection.store().clock_skew().value_or(std::chrono::milliseconds(0));
    return describe_remote(console, sync::remote_copy_of(std::move(*object)),
                           host.clock.now() + skew);
  }
  const bool is_denied = std::holds_alternative<s3::ReadDenied>(*outcome);
  return std::string(is_denied ? "signed in; whether something is stored there the key may not see"
                               : "signed in, readable, nothing stored there yet");
}

std::optional<std::string> region_to_keep(Connection& connection,
                                          const config::S3Settings& settings) {
  const auto learnt = connection.store().learnt_region();
  // Amazon's hosts name a region themselves; what is typed there stays, and the state remembers.
  const bool is_named_by_host = connection.endpoint().is_amazon && settings.endpoint_url;
  if (!learnt || is_named_by_host || learnt->region == settings.region) return std::nullopt;
  return learnt->region;
}

}  // namespace start_claude::cli
