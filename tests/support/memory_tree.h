// The nodes of a MemoryFileSystem, each as programs see it now and as the disk has it.
//
// What is not synced yet is of two kinds: a file's bytes, and changes of folder entries. crash()
// keeps or loses each of them on its own, in any combination, which is what POSIX allows and more
// than any one file system does. A rename is one change: both its names or neither.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "platform/filesystem.h"

namespace start_claude::support {

struct Node;
using NodePtr = std::shared_ptr<Node>;
using Entries = std::map<std::string, NodePtr, std::less<>>;
/// Numbers given back by nodes that are gone, to be handed out again as real file systems do.
using FreeInodes = std::shared_ptr<std::vector<std::uint64_t>>;

/// Texts of files.
using Texts = std::set<std::string, std::less<>>;

enum class NodeType { file, folder, link };

struct Node {
  Node(NodeType node_type, std::uint64_t number, FreeInodes free_inodes)
      : type(node_type), inode(number), returned_to(std::move(free_inodes)) {}
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  ~Node() { returned_to->push_back(inode); }

  NodeType type;
  std::uint64_t inode;
  FreeInodes returned_to;
  unsigned mode = 0600;
  std::string bytes;  ///< of a file; of a link, the path it leads to
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;  ///< ctime
  Entries entries;              ///< of a folder
  std::uint64_t lock_id = 0;    ///< of the lock held on it; 0 if it is free

  std::string durable_bytes;
  std::int64_t durable_modified_ns = 0;
  std::int64_t durable_changed_ns = 0;
  bool synced = true;        ///< bytes and mtime are the durable ones
  bool overwritten = false;  ///< since the last sync: parts of the durable bytes may still be there
  bool has_other_names = false;  ///< or had
  /// So many bytes at its start a power cut leaves: what was only appended behind them since.
  std::size_t kept_bytes = 0;
  Entries durable_entries;

  /// fsync.
  void sync();
};

/// Where a path leads: `node` is null if the last name is not in `folder`.
struct Place {
  NodePtr folder;
  std::string name;  ///< empty for the root and for paths that end in ".."
  NodePtr node;
};

enum class LastLink { follow, keep };

/// One assignment in a folder: `name` is `node` from now on, or gone if that is null.
struct EntryChange {
  NodePtr folder;
  std::string name;
  NodePtr node;
};

class MemoryTree {
 public:
  MemoryTree();
  MemoryTree(const MemoryTree&) = delete;
  MemoryTree& operator=(const MemoryTree&) = delete;
  ~MemoryTree();

  /// Follows links in the middle always, at the end if asked. Relative paths start at the root.
  platform::FileResult<Place> locate(const std::string& path, LastLink last) const;

  NodePtr make_node(NodeType type, unsigned mode);
  /// Changes entries, all of `changes` at once; not durable before a sync.
  void change(std::vector<EntryChange> changes);
  /// fsync of a file that was just created: its name with it.
  void sync_creation(const EntryChange& creation);
  void sync_folder(const NodePtr& folder);

  /// How many names the node has.
  std::uint64_t count_names(const Node& node) const;
  /// Bytes of all files.
  std::uint64_t used_bytes() const;

  /// What is on disk after a power cut. `survives` is asked once for each unsynced thing; `cut`,
  /// given a size, says how much of an unsynced file of that size is there. Files that hold one of
  /// the texts in `written_back` are as if synced: the system was in time.
  void crash(const std::function<bool()>& survives,
             const std::function<std::size_t(std::size_t size)>& cut, const Texts& written_back);

 private:
  FreeInodes free_inodes_;
  std::uint64_t inodes_used_ = 0;
  NodePtr root_;
  std::vector<std::vector<EntryChange>> unsynced_changes_;
};

/// The failure an operating system reports with that errno.
platform::FileFailure failure_of(int error_number);

}  // namespace start_claude::support
