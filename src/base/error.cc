#include "base/error.h"

namespace start_claude::base {

int exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::unexpected: return 1;
    case ErrorKind::usage: return 2;
    case ErrorKind::not_configured:
    case ErrorKind::no_such_bucket: return 3;
    case ErrorKind::access_denied: return 4;
    case ErrorKind::unreachable: return 5;
    case ErrorKind::undecided: return 6;
    case ErrorKind::invalid_data: return 7;
    case ErrorKind::local_disk: return 8;
    case ErrorKind::locked: return 9;
    case ErrorKind::interrupted: return 130;
  }
  return 1;
}

std::string_view name_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::unexpected: return "unexpected";
    case ErrorKind::usage: return "usage";
    case ErrorKind::not_configured: return "not_configured";
    case ErrorKind::no_such_bucket: return "no_such_bucket";
    case ErrorKind::access_denied: return "access_denied";
    case ErrorKind::unreachable: return "unreachable";
    case ErrorKind::undecided: return "undecided";
    case ErrorKind::invalid_data: return "invalid_data";
    case ErrorKind::local_disk: return "local_disk";
    case ErrorKind::locked: return "locked";
    case ErrorKind::interrupted: return "interrupted";
  }
  return "unexpected";
}

}  // namespace start_claude::base
