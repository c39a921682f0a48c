// What the commands of options.h are called.
#include "cli/options.h"

namespace start_claude::cli {

std::string name_of(Command command) {
  switch (command) {
    case Command::setup: return "s3-setup";
    case Command::sync: return "s3-sync";
    case Command::upload: return "s3-upload";
    case Command::download: return "s3-download";
    case Command::status: return "s3-status";
    case Command::diff: return "s3-diff";
    case Command::history: return "s3-history";
    case Command::restore: return "s3-restore";
    case Command::doctor: return "s3-doctor";
    case Command::serve: return "s3-serve";
    case Command::watch: return "watch";
    case Command::manager: return "manager";
    case Command::balance: return "balance";
  }
  return "";
}

}  // namespace start_claude::cli
