#include "support/memory_tree.h"

#include <algorithm>
#include <cerrno>
#include <set>

#include "platform/posix_file.h"

namespace start_claude::support {
namespace {

using platform::FileResult;

constexpr int links_max = 40;

/// Puts the names of `path` on `names`, the first one on top.
void push_names(std::vector<std::string_view>& names, std::string_view path) {
  while (!path.empty()) {
    const auto slash = path.rfind('/');
    const auto begin = slash == std::string_view::npos ? 0 : slash + 1;
    const auto name = path.substr(begin);
    if (!name.empty() && name != ".") names.push_back(name);
    path = path.substr(0, begin == 0 ? 0 : begin - 1);
  }
}

void assign(Entries& entries, const EntryChange& change) {
  if (change.node == nullptr) {
    entries.erase(change.name);
  } else {
    entries.insert_or_assign(change.name, change.node);
  }
}

bool touches(const std::vector<EntryChange>& changes, const std::set<const Node*>& folders) {
  return std::any_of(changes.begin(), changes.end(), [&](const EntryChange& change) {
    return folders.contains(change.folder.get());
  });
}

template <class Visit>
void visit_below(const NodePtr& node, const Visit& visit) {
  visit(*node);
  for (const auto& [name, child] : node->entries) visit_below(child, visit);
}

}  // namespace

platform::FileFailure failure_of(int error_number) { return platform::failure_from(error_number); }

void Node::sync() {
  durable_bytes = bytes;
  durable_modified_ns = modified_ns;
  durable_changed_ns = changed_ns;
  kept_bytes = bytes.size();
  synced = true;
  overwritten = false;
}

MemoryTree::MemoryTree() : free_inodes_(std::make_shared<FreeInodes::element_type>()) {
  root_ = make_node(NodeType::folder, 0755);
}

MemoryTree::~MemoryTree() = default;

NodePtr MemoryTree::make_node(NodeType type, unsigned mode) {
  std::uint64_t number = inodes_used_ + 1;
  if (free_inodes_->empty()) {
    ++inodes_used_;
  } else {
    number = free_inodes_->back();
    free_inodes_->pop_back();
  }
  auto node = std::make_shared<Node>(type, number, free_inodes_);
  node->mode = mode;
  return node;
}

FileResult<Place> MemoryTree::locate(const std::string& path, LastLink last) const {
  std::vector<std::string_view> names;
  names.reserve(8);
  push_names(names, path);
  std::vector<NodePtr> folders;
  folders.reserve(8);
  folders.push_back(root_);
  int links = 0;
  while (!names.empty()) {
    const std::string_view name = names.back();
    names.pop_back();
    if (name == "..") {
      if (folders.size() > 1) folders.pop_back();
      continue;
    }
    const NodePtr& folder = folders.back();
    if ((folder->mode & 0100U) == 0) return failure_of(EACCES);
    const auto found = folder->entries.find(name);
    const NodePtr node = found == folder->entries.end() ? nullptr : found->second;
    const bool is_last = names.empty();
    const bool is_link = node != nullptr && node->type == NodeType::link;
    if (is_last && !(is_link && last == LastLink::follow)) {
      return Place{folder, std::string(name), node};
    }
    if (node == nullptr) return failure_of(ENOENT);
    if (is_link) {
      if (++links > links_max) return failure_of(ELOOP);
      if (node->bytes.starts_with('/')) folders.resize(1);
      push_names(names, node->bytes);
    } else if (node->type == NodeType::folder) {
      folders.push_back(node);
    } else {
      return failure_of(ENOTDIR);
    }
  }
  return Place{folders.back(), "", folders.back()};
}

void MemoryTree::change(std::vector<EntryChange> changes) {
  for (const EntryChange& change : changes) assign(change.folder->entries, change);
  unsynced_changes_.push_back(std::move(changes));
}

void MemoryTree::sync_creation(const EntryChange& creation) {
  assign(creation.folder->durable_entries, creation);
  std::erase_if(unsynced_changes_, [&](const std::vector<EntryChange>& changes) {
    return changes.size() == 1 && changes.front().folder == creation.folder &&
           changes.front().name == creation.name && changes.front().node == creation.node;
  });
}

void MemoryTree::sync_folder(const NodePtr& folder) {
  // A change of two folders makes both durable, and with it what was changed there before.
  std::set<const Node*> folders = {folder.get()};
  for (std::size_t known = 0; known != folders.size();) {
    known = folders.size();
    for (const auto& changes : unsynced_changes_) {
      if (!touches(changes, folders)) continue;
      for (const EntryChange& change : changes) folders.insert(change.folder.get());
    }
  }
  std::erase_if(unsynced_changes_, [&](const std::vector<EntryChange>& changes) {
    if (!touches(changes, folders)) return false;
    for (const EntryChange& change : changes) assign(change.folder->durable_entries, change);
    return true;
  });
}

std::uint64_t MemoryTree::count_names(const Node& node) const {
  std::uint64_t count = 0;
  visit_below(root_, [&](const Node& folder) {
    for (const auto& [name, child] : folder.entries) count += child.get() == &node ? 1U : 0U;
  });
  return count;
}

std::uint64_t MemoryTree::used_bytes() const {
  std::uint64_t sum = 0;
  visit_below(root_, [&sum](const Node& node) {
    if (node.type == NodeType::file) sum += node.bytes.size();
  });
  return sum;
}

void MemoryTree::crash(const std::function<bool()>& survives,
                       const std::function<std::size_t(std::size_t size)>& cut,
                       const Texts& written_back) {
  for (const auto& changes : unsynced_changes_) {
    if (!survives()) continue;
    for (const EntryChange& change : changes) assign(change.folder->durable_entries, change);
  }
  unsynced_changes_.clear();
  visit_below(root_, [&](Node& node) {
    node.entries = node.durable_entries;
    node.lock_id = 0;
    if (node.type != NodeType::file || node.synced) return;
    if (written_back.contains(node.bytes)) {
      node.sync();
      return;
    }
    if (!survives()) {
      node.bytes = node.durable_bytes;
      node.modified_ns = node.durable_modified_ns;
      node.changed_ns = node.durable_changed_ns;
    } else if (node.overwritten) {
      const std::size_t there = cut(std::max(node.bytes.size(), node.durable_bytes.size()));
      std::string mixture = node.bytes.substr(0, there);
      if (mixture.size() < node.durable_bytes.size()) {
        mixture += std::string_view(node.durable_bytes).substr(mixture.size());
      }
      node.bytes = std::move(mixture);
    } else {
      // The new length may be on disk before the bytes are.
      const std::size_t kept = std::min(node.kept_bytes, node.bytes.size());
      node.bytes.resize(kept + std::min(node.bytes.size() - kept, cut(node.bytes.size() - kept)));
    }
    node.sync();
  });
}

}  // namespace start_claude::support
