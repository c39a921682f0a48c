// Both sides of a sync, as the lines and sentences that compare them.
#pragma once

#include <string>
#include <vector>

#include "sync/engine.h"
#include "ui/console.h"

namespace start_claude::ui {

/// "2026-11-22 09:14:03 +0100, by lark" or only the time where no writer is known.
std::string format_origin(const Console& console, const sync::RemoteCopy& remote);

///   local   1   2026-11-20 18:02:11 +0100
///   remote  2   2026-11-22 09:14:03 +0100   newer by 1 d 15 h
std::vector<std::string> format_sides(const Console& console, const sync::Situation& situation);

/// "newer by 1 d 15 h" if this side is, by times that can be trusted; else "".
std::string newer_by(const sync::Situation& situation, resolve::Side side);

/// "this clock is 24 h 0 min behind the server; file times are not trusted", or "" if it is right.
std::string format_skew_warning(const s3::ClockSkew& skew);

}  // namespace start_claude::ui
