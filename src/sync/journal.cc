#include "sync/journal.h"

#include <algorithm>
#include <utility>

namespace start_claude::sync {
namespace {

using platform::FileFailure;
using platform::FileFailureKind;

/// Enough of the journal's end to hold the last record's sum.
constexpr std::size_t tail_bytes = 512;

Error unreadable(const std::string& path, const FileFailure& failure) {
  return platform::disk_error("read", path, failure);
}

}  // namespace

Result<Journal::Contents> Journal::read(std::uint64_t from) const {
  auto piece = files_.read_range(path_, {.offset = from});
  if (const auto* failure = std::get_if<FileFailure>(&piece)) {
    if (failure->kind == FileFailureKind::no_such_file) return Contents{};
    return unreadable(path_, *failure);
  }
  const auto& found = std::get<platform::FileRange>(piece);
  Contents contents{.entries = {}, .end = {.inode = found.inode, .size = from}};
  std::string_view rest = found.bytes;
  std::uint64_t offset = from;
  while (!rest.empty()) {
    const auto line_end = rest.find('\n');
    if (line_end == std::string_view::npos) break;
    const std::string_view line = rest.substr(0, line_end + 1);
    const Place place{.offset = offset, .size = line.size()};
    rest.remove_prefix(line.size());
    offset += line.size();
    auto record = parse_record(line);
    // A line that does not hold its sum counts only if good ones follow it; what a later release
    // writes is passed over and stays.
    if (!record && !holds_sum(line.substr(0, line_end))) continue;
    contents.end.size = offset;
    contents.end.sum = last_sum(line);
    if (!record) continue;
    contents.entries.push_back({std::move(record->record), record->at, place});
  }
  return contents;
}

bool Journal::is_at(const JournalEnd& end) const {
  const auto status = files_.status(path_);
  const auto* found = std::get_if<platform::FileStatus>(&status);
  if (found == nullptr) return end.size == 0;
  return found->fingerprint.inode == end.inode && found->fingerprint.size == end.size;
}

bool Journal::ends_with(const JournalEnd& end) const {
  if (end.size == 0) return is_at(end);
  const std::uint64_t length = std::min<std::uint64_t>(end.size, tail_bytes);
  const auto piece = files_.read_range(path_, {.offset = end.size - length, .bytes_max = length});
  const auto* found = std::get_if<platform::FileRange>(&piece);
  return found != nullptr && found->inode == end.inode && found->bytes.size() == length &&
         last_sum(found->bytes) == end.sum;
}

std::optional<ParsedRecord> Journal::record_at(const Place& place) const {
  const auto piece = files_.read_range(path_, {.offset = place.offset, .bytes_max = place.size});
  const auto* found = std::get_if<platform::FileRange>(&piece);
  if (found == nullptr || found->bytes.size() != place.size) return std::nullopt;
  return parse_record(found->bytes);
}

Result<JournalEnd> Journal::append(const JournalEnd& end, const std::vector<std::string>& lines,
                                   Durability durability) {
  std::string bytes;
  for (const std::string& line : lines) bytes += line;
  const auto written = files_.append(
      path_, {.offset = end.size, .bytes = bytes, .is_synced = durability == Durability::now});
  if (const auto* failure = std::get_if<FileFailure>(&written)) {
    return platform::disk_error("write", path_, *failure);
  }
  return JournalEnd{.inode = std::get<platform::Appended>(written).inode,
                    .size = end.size + bytes.size(),
                    .sum = last_sum(bytes)};
}

Result<JournalEnd> Journal::rewrite(const std::vector<std::string>& lines, std::uint64_t unique) {
  std::string bytes;
  for (const std::string& line : lines) bytes += line;
  const auto written = platform::replace_file(files_, path_, bytes, {.unique = unique});
  if (const auto* failure = std::get_if<FileFailure>(&written)) {
    return platform::disk_error("write", path_, *failure);
  }
  const auto status = files_.status(path_);
  const auto* found = std::get_if<platform::FileStatus>(&status);
  return JournalEnd{.inode = found != nullptr ? found->fingerprint.inode : 0,
                    .size = bytes.size(),
                    .sum = last_sum(bytes)};
}

}  // namespace start_claude::sync
