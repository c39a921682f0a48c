// The files of the manager's page, as they are in src/server/page, compressed at build time.
#pragma once

#include <span>
#include <string_view>

namespace start_claude::server {

struct PageFile {
  std::string_view path;  ///< "/style.css"
  std::string_view type;  ///< of its content, as in Content-Type
  std::string_view etag;  ///< strong, quoted
  std::string_view gzip;
};

std::span<const PageFile> page_files();

}  // namespace start_claude::server
