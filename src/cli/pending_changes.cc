#include "cli/pending_changes.h"

#include "cli/machine_memory.h"
#include "config/document.h"
#include "resolve/merge.h"

namespace start_claude::cli {

std::optional<std::size_t> changes_not_uploaded(Host& host, const sync::Paths& paths,
                                                const sync::LocalCopy& local,
                                                const sync::RemoteState& remembered) {
  if (!local.document || remembered.ancestor.empty()) return std::nullopt;
  if (local.revision == remembered.ancestor) return 0;
  auto machine = MachineMemory::open(host, paths);
  if (!machine) return std::nullopt;
  const auto ancestor = (*machine)->memory().content_of(remembered.ancestor);
  if (!ancestor) return std::nullopt;
  return resolve::differences(ancestor->document, config::without_s3_sync(*local.document)).size();
}

}  // namespace start_claude::cli
