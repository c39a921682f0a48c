#include "ui/sides.h"

#include "base/text.h"
#include "base/time.h"
#include "ui/table.h"

namespace start_claude::ui {
namespace {

using resolve::NewerSide;
using resolve::Side;

/// Less is not worth a word: Last-Modified and Date have whole seconds.
constexpr std::chrono::seconds noticeable{1};

}  // namespace

std::string format_origin(const Console& console, const sync::RemoteCopy& remote) {
  const std::string time = console.time(remote.modified);
  return remote.writer.empty() ? time : time + ", by " + base::printable(remote.writer);
}

std::string newer_by(const sync::Situation& situation, Side side) {
  const NewerSide newer = resolve::newer_side(situation.input);
  const bool is_newer = (newer == NewerSide::local && side == Side::local) ||
                        (newer == NewerSide::remote && side == Side::remote);
  if (!is_newer) return "";
  const auto between = *situation.input.local.modified - *situation.input.remote.modified;
  if (std::chrono::abs(between) < noticeable) return "";
  return "newer by " + base::format_span(std::chrono::abs(between));
}

std::vector<std::string> format_sides(const Console& console, const sync::Situation& situation) {
  const auto count = [](bool exists, bool damaged, std::size_t profiles) -> std::string {
    if (!exists) return "none";
    return damaged ? "damaged" : std::to_string(profiles);
  };
  const sync::LocalCopy& local = situation.local;
  const sync::RemoteCopy& remote = situation.remote;
  const bool both = local.exists && remote.exists;
  std::string by = remote.writer.empty() ? "" : "by " + base::printable(remote.writer);
  return format_table({{"local", count(local.exists, !local.document, local.profiles),
                        local.exists ? console.time(situation.input.local.modified) : "",
                        both ? newer_by(situation, Side::local) : ""},
                       {"remote", count(remote.exists, !remote.document, remote.profiles),
                        remote.exists ? console.time(remote.modified) : "",
                        both ? newer_by(situation, Side::remote) : "", std::move(by)}},
                      2);
}

std::string format_skew_warning(const s3::ClockSkew& skew) {
  if (!skew || std::chrono::abs(*skew) <= resolve::skew_trusted_max) return "";
  const bool behind = *skew > skew->zero();
  return "this clock is " + base::format_span(std::chrono::abs(*skew)) +
         (behind ? " behind" : " ahead of") + " the server; file times are not trusted";
}

}  // namespace start_claude::ui
