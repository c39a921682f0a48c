#include "sync/offloaded.h"

#include "base/text.h"

namespace start_claude::sync {
namespace {

Error only_in_the_cloud(const std::string& path, const std::string& what_is_here) {
  return {ErrorKind::invalid_data,
          base::printable(path) + " is only in the cloud: " + what_is_here + "; nothing changed",
          "let the cloud program bring it back (\"download now\", \"always keep on this device\"), "
          "then run this again"};
}

bool is_file(const platform::FileSystem& files, const std::string& path) {
  const auto status = files.status(path);
  const auto* found = std::get_if<platform::FileStatus>(&status);
  return found != nullptr && !found->is_folder;
}

}  // namespace

std::optional<Error> placeholder_instead_of(const platform::FileSystem& files,
                                            const std::string& path) {
  const auto followed = files.follow_links(path);
  const auto* target = std::get_if<std::string>(&followed);
  if (target == nullptr) return std::nullopt;
  const std::string name = platform::name_of(*target);
  for (const std::string& placeholder :
       {"." + name + ".icloud", name + ".nextcloud", name + ".owncloud"}) {
    if (!is_file(files, platform::join_path(platform::folder_of(*target), placeholder))) continue;
    return only_in_the_cloud(path, "its placeholder " + placeholder + " is here");
  }
  return std::nullopt;
}

std::optional<Error> hole_instead_of(const platform::FileStatus& status, std::string_view bytes,
                                     const std::string& path) {
  const bool is_hole = !bytes.empty() && status.stored_bytes == 0 &&
                       bytes.find_first_not_of('\0') == std::string_view::npos;
  if (!is_hole) return std::nullopt;
  return only_in_the_cloud(path,
                           "the file here has a size and no content, as one that is offloaded");
}

}  // namespace start_claude::sync
