#include "support/memory_filesystem.h"

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace start_claude::support {
namespace {

using base::Done;
using platform::FileContent;
using platform::FileFailure;
using platform::FileLock;
using platform::FileResult;
using platform::FileStatus;

constexpr int links_max = 40;
const FileFailure not_supported{platform::FileFailureKind::not_supported, "Invalid argument"};
const FileFailure busy{platform::FileFailureKind::not_replaceable, "Device or resource busy"};
constexpr unsigned may_read = 0400;
constexpr unsigned may_write = 0200;
constexpr unsigned may_change_entries = 0300;
constexpr std::int64_t nanoseconds_per_millisecond = 1'000'000;

bool permits(const Node& node, unsigned bits) { return (node.mode & bits) == bits; }

UtcTime modified_of(const Node& node) {
  const std::chrono::nanoseconds since_epoch{node.modified_ns};
  return UtcTime{std::chrono::floor<std::chrono::milliseconds>(since_epoch)};
}

/// Nulls take no room, as in a sparse file.
bool is_hole(const std::string& bytes) {
  return bytes.find_first_not_of('\0') == std::string::npos;
}

platform::Fingerprint fingerprint_of(const Node& node) {
  return {.modified_ns = node.modified_ns, .size = node.bytes.size(), .inode = node.inode};
}

class MemoryFileLock final : public FileLock {
 public:
  MemoryFileLock(NodePtr file, std::uint64_t id) : file_(std::move(file)), id_(id) {}
  MemoryFileLock(const MemoryFileLock&) = delete;
  MemoryFileLock& operator=(const MemoryFileLock&) = delete;
  ~MemoryFileLock() override {
    // After a crash the lock is not ours any more, and somebody else may have it.
    if (file_->lock_id != id_) return;
    file_->lock_id = 0;
    file_->bytes.clear();
  }

 private:
  NodePtr file_;
  std::uint64_t id_;
};

}  // namespace

std::optional<FileFailure> MemoryFileSystem::begin(std::string_view operation,
                                                   const std::string& path) const {
  if (in_hook_) return std::nullopt;
  struct Inside {
    bool& flag;
    explicit Inside(bool& in_hook) : flag(in_hook) { flag = true; }
    ~Inside() { flag = false; }
  } const inside(in_hook_);
  if (before_operation) before_operation(operation, path);
  return refuse ? refuse(operation, path) : std::nullopt;
}

FileResult<NodePtr> MemoryFileSystem::existing(std::string_view operation,
                                               const std::string& path) const {
  if (auto refused = begin(operation, path)) return *std::move(refused);
  auto place = tree_.locate(path, LastLink::follow);
  if (auto* failure = std::get_if<FileFailure>(&place)) return std::move(*failure);
  auto& node = std::get<Place>(place).node;
  if (node == nullptr) return failure_of(ENOENT);
  return std::move(node);
}

std::int64_t MemoryFileSystem::tick() {
  // The nanoseconds count the writes, so that two within one millisecond differ.
  const std::int64_t now_ns = clock_.now().time_since_epoch().count() * nanoseconds_per_millisecond;
  return now_ns + ++writes_ % nanoseconds_per_millisecond;
}

void MemoryFileSystem::stamp(Node& file) {
  file.modified_ns = file.changed_ns = tick();
  file.synced = false;
  file.kept_bytes = 0;
}

FileResult<FileContent> MemoryFileSystem::read(const std::string& path) const {
  const auto found = existing("read", path);
  if (const auto* failure = std::get_if<FileFailure>(&found)) return *failure;
  const Node& file = *std::get<NodePtr>(found);
  if (!permits(file, may_read)) return failure_of(EACCES);
  if (file.type == NodeType::folder) return failure_of(EISDIR);
  return FileContent{file.bytes, fingerprint_of(file), modified_of(file)};
}

FileResult<platform::FileRange> MemoryFileSystem::read_range(
    const std::string& path, const platform::RangeRequest& request) const {
  const auto found = existing("read_range", path);
  if (const auto* failure = std::get_if<FileFailure>(&found)) return *failure;
  const Node& file = *std::get<NodePtr>(found);
  if (!permits(file, may_read)) return failure_of(EACCES);
  if (file.type == NodeType::folder) return failure_of(EISDIR);
  const auto offset =
      static_cast<std::size_t>(std::min<std::uint64_t>(request.offset, file.bytes.size()));
  return platform::FileRange{
      file.bytes.substr(offset, static_cast<std::size_t>(
                                    std::min<std::uint64_t>(request.bytes_max, file.bytes.size()))),
      file.inode};
}

FileResult<platform::Appended> MemoryFileSystem::append(const std::string& path,
                                                        const platform::AppendRequest& request) {
  if (auto refused = begin("append", path)) return *std::move(refused);
  const auto located = tree_.locate(path, LastLink::keep);
  if (const auto* failure = std::get_if<FileFailure>(&located)) return *failure;
  auto [folder, name, file] = std::get<Place>(located);
  if (file == nullptr) {
    if (!permits(*folder, may_change_entries)) return failure_of(EACCES);
    file = tree_.make_node(NodeType::file, 0600);
    stamp(*file);
    tree_.change({{folder, name, file}});
  }
  if (file->type != NodeType::file) return failure_of(ELOOP);
  if (!permits(*file, may_write)) return failure_of(EACCES);
  const auto offset = static_cast<std::size_t>(request.offset);
  if (file->bytes.size() < offset) return failure_of(EIO);
  if (file->bytes.empty()) {
    if (auto refused = begin("append: sync_folder", path)) return *std::move(refused);
    tree_.sync_folder(folder);
  }
  if (file->bytes.size() > offset) {
    const std::size_t kept = std::min(file->kept_bytes, offset);
    file->bytes.resize(offset);
    stamp(*file);
    file->kept_bytes = kept;
  }
  const std::size_t half = request.bytes.size() / 2;
  for (const std::string_view part : {request.bytes.substr(0, half), request.bytes.substr(half)}) {
    if (auto refused = begin("append: write", path)) return *std::move(refused);
    const std::size_t kept = std::min(file->kept_bytes, offset);
    auto failure = add(file, part);
    file->kept_bytes = kept;
    if (!failure) continue;
    file->bytes.resize(offset);
    return *std::move(failure);
  }
  if (request.is_synced) {
    if (auto refused = begin("append: fsync", path)) return *std::move(refused);
    file->sync();
  }
  return platform::Appended{file->inode};
}

FileResult<FileStatus> MemoryFileSystem::status(const std::string& path) const {
  const auto found = existing("status", path);
  if (const auto* failure = std::get_if<FileFailure>(&found)) return *failure;
  const Node& target = *std::get<NodePtr>(found);
  const auto own = tree_.locate(path, LastLink::keep);
  return FileStatus{.fingerprint = fingerprint_of(target),
                    .modified = modified_of(target),
                    .changed_ns = target.changed_ns,
                    .mode = target.mode,
                    .links = target.has_other_names ? tree_.count_names(target) : 1,
                    .stored_bytes = is_hole(target.bytes) ? 0 : target.bytes.size(),
                    .is_folder = target.type == NodeType::folder,
                    .is_symlink = std::get<Place>(own).node->type == NodeType::link};
}

platform::MountFacts MemoryFileSystem::mount_of(const std::string& path) const {
  return {.is_mount_point = is_mounted(path)};
}

FileResult<std::string> MemoryFileSystem::follow_links(const std::string& path) const {
  if (auto refused = begin("follow_links", path)) return *std::move(refused);
  std::string current = path;
  for (int followed = 0; followed <= links_max; ++followed) {
    const auto place = tree_.locate(current, LastLink::keep);
    if (const auto* failure = std::get_if<FileFailure>(&place)) {
      if (failure->kind == platform::FileFailureKind::no_such_file) return current;
      return *failure;
    }
    const NodePtr& node = std::get<Place>(place).node;
    if (node == nullptr || node->type != NodeType::link) return current;
    current = node->bytes.starts_with('/')
                  ? node->bytes
                  : platform::join_path(platform::folder_of(current), node->bytes);
  }
  return failure_of(ELOOP);
}

FileResult<std::optional<std::string>> MemoryFileSystem::read_link(const std::string& path) const {
  if (auto refused = begin("read_link", path)) return *std::move(refused);
  const auto place = tree_.locate(path, LastLink::keep);
  if (const auto* failure = std::get_if<FileFailure>(&place)) return *failure;
  const NodePtr& node = std::get<Place>(place).node;
  if (node == nullptr) return failure_of(ENOENT);
  if (node->type != NodeType::link) return std::optional<std::string>{};
  return std::optional(node->bytes);
}

FileResult<std::vector<std::string>> MemoryFileSystem::list(const std::string& folder) const {
  const auto found = existing("list", folder);
  if (const auto* failure = std::get_if<FileFailure>(&found)) return *failure;
  const Node& node = *std::get<NodePtr>(found);
  if (node.type != NodeType::folder) return failure_of(ENOTDIR);
  if (!permits(node, may_read)) return failure_of(EACCES);
  std::vector<std::string> names;
  names.reserve(node.entries.size());
  for (const auto& [name, child] : node.entries) names.push_back(name);
  return names;
}

FileResult<Done> MemoryFileSystem::create_from(const std::string& path, const base::TextParts& text,
                                               const platform::CreateOptions& options) {
  if (auto refused = begin("create", path)) return *std::move(refused);
  auto located = tree_.locate(path, LastLink::keep);
  if (auto* failure = std::get_if<FileFailure>(&located)) return std::move(*failure);
  auto& place = std::get<Place>(located);
  if (place.node != nullptr) return failure_of(EEXIST);
  if (!permits(*place.folder, may_change_entries)) return failure_of(EACCES);
  const NodePtr file = tree_.make_node(NodeType::file, options.mode);
  stamp(*file);
  tree_.change({{place.folder, place.name, file}});
  if (auto failure = fill(file, path, text.str())) return *std::move(failure);
  if (options.modified) {
    file->modified_ns = options.modified->time_since_epoch().count() * nanoseconds_per_millisecond;
  }
  if (!options.is_synced) return Done{};
  if (auto refused = begin("create: fsync", path)) return *std::move(refused);
  file->sync();
  tree_.sync_creation({place.folder, place.name, file});
  return Done{};
}

/// The part of create_from() in which the file is there already.
std::optional<FileFailure> MemoryFileSystem::fill(const NodePtr& file, const std::string& path,
                                                  std::string_view bytes) {
  const std::size_t half = bytes.size() / 2;
  for (const std::string_view part : {bytes.substr(0, half), bytes.substr(half)}) {
    if (auto refused = begin("create: write", path)) return refused;
    if (auto failure = add(file, part)) return failure;
  }
  return std::nullopt;
}

std::optional<FileFailure> MemoryFileSystem::add(const NodePtr& file, std::string_view bytes) {
  const std::uint64_t used = capacity ? tree_.used_bytes() : 0;
  const std::uint64_t room = capacity && used < *capacity ? *capacity - used : 0;
  const bool fits = !capacity || bytes.size() <= room;
  file->bytes += fits ? bytes : bytes.substr(0, static_cast<std::size_t>(room));
  stamp(*file);
  if (fits) return std::nullopt;
  return failure_of(ENOSPC);
}

FileResult<Done> MemoryFileSystem::overwrite(const std::string& path, const base::TextParts& text) {
  const auto found = existing("overwrite", path);
  if (const auto* failure = std::get_if<FileFailure>(&found)) return *failure;
  const NodePtr file = std::get<NodePtr>(found);
  if (file->type != NodeType::file) return failure_of(EINVAL);
  if (!permits(*file, may_write)) return failure_of(EACCES);
  const std::string bytes = text.joined().str();
  const std::size_t half = bytes.size() / 2;
  for (const auto& [at, size] : {std::pair{std::size_t{0}, half}, {half, bytes.size() - half}}) {
    if (auto refused = begin("overwrite: write", path)) return *std::move(refused);
    const std::string old = file->bytes;
    file->bytes.resize(at);
    file->overwritten = true;
    auto failure = add(file, std::string_view(bytes).substr(at, size));
    if (old.size() > file->bytes.size()) file->bytes += old.substr(file->bytes.size());
    if (failure) return *std::move(failure);
  }
  if (auto refused = begin("overwrite: cut", path)) return *std::move(refused);
  file->bytes.resize(bytes.size());
  stamp(*file);
  if (auto refused = begin("overwrite: fsync", path)) return *std::move(refused);
  file->sync();
  return Done{};
}

FileResult<Done> MemoryFileSystem::set_modified(const std::string& path, UtcTime time) {
  const auto found = existing("set_modified", path);
  if (const auto* failure = std::get_if<FileFailure>(&found)) return *failure;
  Node& node = *std::get<NodePtr>(found);
  node.modified_ns = time.time_since_epoch().count() * nanoseconds_per_millisecond;
  node.changed_ns = tick();
  node.sync();
  return Done{};
}

FileResult<Done> MemoryFileSystem::set_mode(const std::string& path, unsigned mode) {
  const auto found = existing("set_mode", path);
  if (const auto* failure = std::get_if<FileFailure>(&found)) return *failure;
  std::get<NodePtr>(found)->mode = mode;
  std::get<NodePtr>(found)->changed_ns = tick();
  return Done{};
}

void MemoryFileSystem::keep_owner(const std::string& path, const std::string&) {
  // There is one user here; the step is still one at which a run may stop.
  (void)begin("keep_owner", path);
}

FileResult<Done> MemoryFileSystem::rename(const std::string& from, const std::string& to) {
  if (auto refused = begin("rename", from)) return *std::move(refused);
  const auto source = tree_.locate(from, LastLink::keep);
  if (const auto* failure = std::get_if<FileFailure>(&source)) return *failure;
  const auto target = tree_.locate(to, LastLink::keep);
  if (const auto* failure = std::get_if<FileFailure>(&target)) return *failure;
  const auto& [old_folder, old_name, node] = std::get<Place>(source);
  const auto& [new_folder, new_name, replaced] = std::get<Place>(target);
  if (node == nullptr) return failure_of(ENOENT);
  if (is_mounted(from) || is_mounted(to)) return busy;
  if (!permits(*old_folder, may_change_entries) || !permits(*new_folder, may_change_entries)) {
    return failure_of(EACCES);
  }
  if (node == replaced) return Done{};
  if (replaced != nullptr) {
    const bool onto_folder = replaced->type == NodeType::folder;
    if ((node->type == NodeType::folder) != onto_folder) {
      return failure_of(onto_folder ? EISDIR : ENOTDIR);
    }
    if (!replaced->entries.empty()) return failure_of(ENOTEMPTY);
  }
  node->changed_ns = tick();
  tree_.change({{old_folder, old_name, nullptr}, {new_folder, new_name, node}});
  return Done{};
}

FileResult<Done> MemoryFileSystem::rename_to_free(const std::string& from, const std::string& to) {
  if (auto refused = begin("rename_to_free", from)) return *std::move(refused);
  if (!exchanges) return not_supported;
  const auto source = tree_.locate(from, LastLink::keep);
  if (const auto* failure = std::get_if<FileFailure>(&source)) return *failure;
  const auto target = tree_.locate(to, LastLink::keep);
  if (const auto* failure = std::get_if<FileFailure>(&target)) return *failure;
  const auto& [old_folder, old_name, node] = std::get<Place>(source);
  const auto& [new_folder, new_name, taken] = std::get<Place>(target);
  if (node == nullptr) return failure_of(ENOENT);
  if (taken != nullptr) return failure_of(EEXIST);
  if (is_mounted(from)) return busy;
  if (!permits(*old_folder, may_change_entries) || !permits(*new_folder, may_change_entries)) {
    return failure_of(EACCES);
  }
  node->changed_ns = tick();
  tree_.change({{old_folder, old_name, nullptr}, {new_folder, new_name, node}});
  return Done{};
}

FileResult<Done> MemoryFileSystem::exchange(const std::string& one, const std::string& other) {
  if (auto refused = begin("exchange", one)) return *std::move(refused);
  if (!exchanges) return not_supported;
  const auto first = tree_.locate(one, LastLink::keep);
  if (const auto* failure = std::get_if<FileFailure>(&first)) return *failure;
  const auto second = tree_.locate(other, LastLink::keep);
  if (const auto* failure = std::get_if<FileFailure>(&second)) return *failure;
  const auto& [one_folder, one_name, one_node] = std::get<Place>(first);
  const auto& [other_folder, other_name, other_node] = std::get<Place>(second);
  if (one_node == nullptr || other_node == nullptr) return failure_of(ENOENT);
  if (is_mounted(one) || is_mounted(other)) return busy;
  if (!permits(*one_folder, may_change_entries) || !permits(*other_folder, may_change_entries)) {
    return failure_of(EACCES);
  }
  one_node->changed_ns = other_node->changed_ns = tick();
  tree_.change({{one_folder, one_name, other_node}, {other_folder, other_name, one_node}});
  return Done{};
}

FileResult<Done> MemoryFileSystem::remove(const std::string& path) {
  if (auto refused = begin("remove", path)) return *std::move(refused);
  const auto located = tree_.locate(path, LastLink::keep);
  if (const auto* failure = std::get_if<FileFailure>(&located)) return *failure;
  const auto& [folder, name, node] = std::get<Place>(located);
  if (node == nullptr) return failure_of(ENOENT);
  if (is_mounted(path)) return busy;
  if (!permits(*folder, may_change_entries)) return failure_of(EACCES);
  if (!node->entries.empty()) return failure_of(ENOTEMPTY);
  tree_.change({{folder, name, nullptr}});
  return Done{};
}

FileResult<Done> MemoryFileSystem::make_folder(const std::string& path, unsigned mode) {
  if (auto refused = begin("make_folder", path)) return *std::move(refused);
  auto located = tree_.locate(path, LastLink::follow);
  if (const auto* failure = std::get_if<FileFailure>(&located)) {
    const std::string parent = platform::folder_of(path);
    if (failure->kind != platform::FileFailureKind::no_such_file || parent == path) return *failure;
    auto made = make_folder(parent, mode);
    if (std::holds_alternative<FileFailure>(made)) return made;
    located = tree_.locate(path, LastLink::follow);
    if (const auto* again = std::get_if<FileFailure>(&located)) return *again;
  }
  const auto& [folder, name, node] = std::get<Place>(located);
  if (node != nullptr && node->type == NodeType::folder) return Done{};
  if (node != nullptr) return failure_of(ENOTDIR);
  if (!permits(*folder, may_change_entries)) return failure_of(EACCES);
  tree_.change({{folder, name, tree_.make_node(NodeType::folder, mode)}});
  tree_.sync_folder(folder);
  return Done{};
}

FileResult<Done> MemoryFileSystem::sync_file(const std::string& path) {
  const auto found = existing("sync_file", path);
  if (const auto* failure = std::get_if<FileFailure>(&found)) return *failure;
  std::get<NodePtr>(found)->sync();
  return Done{};
}

FileResult<Done> MemoryFileSystem::sync_folder(const std::string& path) {
  const auto found = existing("sync_folder", path);
  if (const auto* failure = std::get_if<FileFailure>(&found)) return *failure;
  const NodePtr& folder = std::get<NodePtr>(found);
  if (folder->type != NodeType::folder) return failure_of(ENOTDIR);
  tree_.sync_folder(folder);
  return Done{};
}

FileResult<std::unique_ptr<FileLock>> MemoryFileSystem::try_lock(const std::string& path,
                                                                 std::string_view note) {
  if (auto refused = begin("try_lock", path)) return *std::move(refused);
  const auto located = tree_.locate(path, LastLink::keep);
  if (const auto* failure = std::get_if<FileFailure>(&located)) return *failure;
  auto [folder, name, file] = std::get<Place>(located);
  if (file == nullptr) {
    if (!permits(*folder, may_change_entries)) return failure_of(EACCES);
    file = tree_.make_node(NodeType::file, 0600);
    tree_.change({{folder, name, file}});
  }
  if (file->type == NodeType::folder) return failure_of(EISDIR);
  if (file->type == NodeType::link) return failure_of(ELOOP);
  if (!permits(*file, may_read | may_write)) return failure_of(EACCES);
  if (file->lock_id != 0) return std::unique_ptr<FileLock>{};
  file->lock_id = ++locks_;
  file->bytes.clear();
  (void)add(file, note);
  return std::make_unique<MemoryFileLock>(file, file->lock_id);
}

void MemoryFileSystem::write_in_place(const std::string& path, std::string_view bytes) {
  const auto place = std::get<Place>(tree_.locate(path, LastLink::follow));
  NodePtr file = place.node;
  if (file == nullptr) {
    file = tree_.make_node(NodeType::file, 0644);
    tree_.change({{place.folder, place.name, file}});
  }
  file->bytes = bytes;
  file->overwritten = false;
  stamp(*file);
}

void MemoryFileSystem::make_link(const std::string& path, const std::string& target) {
  const auto place = std::get<Place>(tree_.locate(path, LastLink::keep));
  const NodePtr link = tree_.make_node(NodeType::link, 0777);
  link->bytes = target;
  tree_.change({{place.folder, place.name, link}});
  tree_.sync_folder(place.folder);
}

void MemoryFileSystem::make_hard_link(const std::string& path, const std::string& name) {
  const auto file = std::get<Place>(tree_.locate(path, LastLink::follow)).node;
  const auto place = std::get<Place>(tree_.locate(name, LastLink::keep));
  file->has_other_names = true;
  tree_.change({{place.folder, place.name, file}});
  tree_.sync_folder(place.folder);
}

std::optional<std::string> MemoryFileSystem::text_of(const std::string& path) const {
  const auto located = tree_.locate(path, LastLink::follow);
  const auto* place = std::get_if<Place>(&located);
  if (place == nullptr || place->node == nullptr || place->node->type != NodeType::file) {
    return std::nullopt;
  }
  return place->node->bytes;
}

void MemoryFileSystem::crash(platform::Random& random, const Texts& written_back) {
  tree_.crash([&random] { return random.below(2) == 1; },
              [&random](std::size_t size) {
                // Whole as often as not; else cut anywhere, to nothing included.
                if (random.below(2) == 1) return size;
                return static_cast<std::size_t>(random.below(size + 1));
              },
              written_back);
}

void MemoryFileSystem::crash_losing_unsynced() {
  tree_.crash([] { return false; }, [](std::size_t size) { return size; }, {});
}

}  // namespace start_claude::support
