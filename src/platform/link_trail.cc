#include "platform/link_trail.h"

#include <optional>
#include <string_view>

namespace start_claude::platform {
namespace {

constexpr std::size_t links_max = 40;  // as the kernel's own limit

/// Puts the names of `path` on `names`, the first one on top.
void push_names(std::vector<std::string>& names, std::string_view path) {
  while (!path.empty()) {
    const auto slash = path.rfind('/');
    const auto begin = slash == std::string_view::npos ? 0 : slash + 1;
    const std::string_view name = path.substr(begin);
    if (!name.empty() && name != ".") names.emplace_back(name);
    path = path.substr(0, begin == 0 ? 0 : begin - 1);
  }
}

std::string start_of(std::string_view path) { return path.starts_with('/') ? "/" : ""; }

std::string below(const std::string& folder, const std::string& name) {
  return folder.empty() ? name : join_path(folder, name);
}

/// `folder` is a path without links, so its parent is what its text says.
std::string parent_of(const std::string& folder) {
  const std::string name = name_of(folder);
  if (folder.empty() || name == "..") return below(folder, "..");
  const std::string parent = folder_of(folder);
  return parent == "." ? "" : parent;
}

}  // namespace

LinkTrail trace_links(const FileSystem& files, const std::string& path) {
  LinkTrail trail{.target = start_of(path)};
  std::vector<std::string> names;
  push_names(names, path);
  while (!names.empty()) {
    const std::string name = std::move(names.back());
    names.pop_back();
    if (name == "..") {
      trail.target = parent_of(trail.target);
      continue;
    }
    const std::string next = below(trail.target, name);
    const auto read = files.read_link(next);
    const auto* link = std::get_if<std::optional<std::string>>(&read);
    if (link == nullptr || !*link || trail.links.size() == links_max) {
      trail.target = next;
      continue;
    }
    trail.links.push_back(next);
    if ((*link)->starts_with('/')) trail.target = "/";
    push_names(names, **link);
  }
  return trail;
}

}  // namespace start_claude::platform
