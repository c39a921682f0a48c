// The desktop's way to open a file with whatever program is for it.
#pragma once

#include <string>

namespace start_claude::platform {

/// Starts `xdg-open` (on macOS `open`) with that absolute path, without a shell and without
/// waiting; it lives on by itself, silent. Nothing happens where there is no such program.
void open_on_desktop(const std::string& path);

}  // namespace start_claude::platform
