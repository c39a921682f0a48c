#include "cli/revision_list.h"

#include <utility>

#include "cli/sync_session.h"

namespace start_claude::cli {

Result<std::vector<sync::Revision>> list_all_revisions(Host& host, ui::Console& console,
                                                       const Options& options,
                                                       const Configuration& configuration,
                                                       const sync::Memory& memory) {
  if (options.offline || !configuration.settings) {
    return sync::list_revisions(memory, nullptr, {});
  }
  auto session = SyncSession::open_with(host, console, options, configuration);
  if (!session) return std::move(session).error();
  Connection& connection = (*session)->connection();
  auto all = sync::list_revisions(memory, &connection.store(), connection.location());
  if (all || all.error().kind != ErrorKind::unreachable) return all;
  console.warn(all.error().message + "; showing only what is kept here");
  return sync::list_revisions(memory, nullptr, {});
}

Result<std::size_t> index_of_number(const std::vector<sync::Revision>& all, std::size_t number) {
  if (number >= 1 && number <= all.size()) return number - 1;
  return Error{
      ErrorKind::usage,
      "there is no #" + std::to_string(number) + "; s3-history lists " + std::to_string(all.size()),
      ""};
}

Error damaged_copy(std::size_t number, const Options& options, std::string_view consequence) {
  const std::string text = std::to_string(number);
  return {ErrorKind::invalid_data,
          "#" + text + " is a damaged copy, not a document: " + std::string(consequence),
          "its bytes as they were: start-claude s3-history" +
              std::string(options.offline ? " --offline" : "") + " --show " + text + " > FILE"};
}

}  // namespace start_claude::cli
