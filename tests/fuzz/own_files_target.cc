// Files this program wrote and somebody may have damaged: s3-serve's records and object names, the
// state of the sync, what the cloud folder's settings say.
//
// Input: the text of the file, then an object's key.
#include "base/text.h"
#include "config/cloud_folder.h"
#include "property.h"
#include "server/object_names.h"
#include "server/object_record.h"
#include "sync/lineage.h"
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

void check_lineage(std::string_view text) {
  std::vector<std::string> revisions;
  for (const std::string_view part : base::split(text, '\n')) revisions.emplace_back(part);
  const auto extended = sync::extend_lineage(revisions.front(), revisions, revisions);
  if (extended.size() > sync::lineage_length_max) broken("a lineage has an end");
  if (extended.empty() || extended.front() != sync::short_revision(revisions.front())) {
    broken("a lineage starts with its own revision");
  }
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
  check_lineage(texts[0]);
  check_names(texts[1]);
}

}  // namespace start_claude::fuzz
