// Files this program wrote and somebody may have damaged: s3-serve's records and object names, the
// journal of the sync and the clocks in it, what the cloud folder's settings say.
//
// Input: the text of the file, then an object's key.
#include "base/text.h"
#include "config/cloud_folder.h"
#include "property.h"
#include "server/object_names.h"
#include "server/object_record.h"
#include "sync/clock.h"
#include "sync/journal.h"
#include "sync/memory.h"
#include "targets.h"

namespace start_claude::fuzz {
namespace {

void check_names(std::string_view key) {
  const auto path = server::path_from_key(key);
  if (path) {
    if (server::key_from_path(*path) != key) broken("a key is found by its path", *path);
    for (const std::string_view part : base::split(*path, '/')) {
      if (part.empty() || part == "." || part == ".." || part.size() > 255) {
        broken("a path stays in its folder", *path);
      }
    }
    if (base::split(*path, '/').front() == server::hidden_folder) {
      broken("no key leads to the hidden folder", *path);
    }
  }
  const auto found = server::key_from_path(key);
  if (found && server::path_from_key(*found) != key) broken("a path is that of its key", *found);
}

void check_limit(const sync::VersionVector& clock, const std::string& own) {
  const sync::VersionVector limited = sync::limit(clock, own);
  const auto parts = sync::format_parts(limited);
  std::size_t bytes = 0;
  for (const std::string& part : parts) {
    if (part.size() > sync::clock_value_bytes_max) broken("a part of a clock fits", part);
    bytes += part.size();
  }
  if (bytes > sync::clock_bytes_max) broken("a clock fits");
  if (!limited.empty() && sync::parse_parts(parts) != limited) broken("its parts are read back");
  if (limited.count_of(own) != clock.count_of(own)) broken("one's own entry stays");
  const bool is_whole = limited.entries.size() == clock.entries.size();
  if (!is_whole && !limited.is_cut) broken("what was dropped shows");
  if (!clock.is_cut && is_whole && !sync::covers(limited, clock)) broken("a whole clock is itself");
}

/// Two vectors, one a line.
void check_clocks(std::string_view text) {
  const auto lines = base::split(text, '\n');
  const auto one = sync::clock_from_text(lines.front());
  const auto other = sync::clock_from_text(lines.back());
  const auto joined = sync::join(one, other);
  for (const auto& clock : {one, other, joined}) {
    if (sync::clock_from_text(sync::format_clock(clock)) != clock) broken("a clock is read back");
    if (!clock.is_cut && !sync::covers(clock, clock)) broken("a clock covers itself");
    if (clock.is_cut && sync::covers(clock, clock)) broken("nothing covers a cut clock");
    const std::string own = clock.entries.empty() ? "machine0" : clock.entries.back().machine;
    check_limit(clock, own);
    const auto next = sync::advance(clock, own, clock.count_of(own) + 1);
    if (!clock.is_cut && !sync::covers(next, clock)) broken("what comes next covers");
    if (sync::covers(clock, next)) broken("and is not covered");
  }
  if (!one.is_cut && !sync::covers(joined, one)) broken("a join covers the one");
  if (!other.is_cut && !sync::covers(joined, other)) broken("a join covers the other");
  if (joined.is_cut != (one.is_cut || other.is_cut)) broken("a join of a cut clock is cut");
  if (!one.is_cut && sync::covers(other, one) && !joined.is_cut && !sync::covers(other, joined)) {
    broken("a join is the least");
  }
}

/// Whatever stands there: a line that holds its sum is a record, and is written as it was read.
void check_journal(std::string_view text) {
  sync::Remembered remembered;
  std::uint64_t offset = 0;
  for (const std::string_view line : base::split(text, '\n')) {
    const auto parsed = sync::parse_record(line);
    if (!parsed) continue;
    const std::string formatted = sync::format_record(parsed->record, parsed->at);
    const auto again = sync::parse_record(formatted);
    if (!again || sync::format_record(again->record, again->at) != formatted) {
      broken("a record of the journal is read back", formatted);
    }
    sync::add(remembered, parsed->record, {.offset = offset, .size = line.size()});
    offset += line.size();
  }
  const json::Value value = sync::value_of(remembered, remembered.seen.size());
  if (!(sync::value_of(sync::remembered_from(value), remembered.seen.size()) == value)) {
    broken("what the journal amounts to is read back");
  }
}

/// `body` as the journal would have it if this program had written it: with a sum of its own.
void check_record_of(std::string_view body) {
  const auto value = value_of(body);
  if (!value) return;
  check_journal(sync::format_record(sync::SummaryRecord{*value}, UtcTime{}));
}

}  // namespace

void own_files(std::string_view input) {
  const auto texts = split_texts(input, 2);
  if (const auto record = server::parse_object_record(texts[0])) {
    const std::string formatted = server::format_object_record(*record);
    const auto again = server::parse_object_record(formatted);
    if (!again || server::format_object_record(*again) != formatted) {
      broken("a record is read back", formatted);
    }
    if (again->key != record->key || !(again->headers == record->headers) ||
        again->last_modified != record->last_modified || !(again->file == record->file)) {
      broken("a record says the same again", formatted);
    }
  }
  if (const auto value = value_of(texts[0])) (void)config::cloud_folder_from(*value);
  check_clocks(texts[0]);
  check_journal(texts[0]);
  check_record_of(texts[0]);
  check_names(texts[1]);
}

}  // namespace start_claude::fuzz
