// The failure that ends a command: what went wrong, in words a user can act on.
//
// Errors are values. They are created where the cause is known, returned unchanged, and printed
// once, at the edge. What a caller must decide on (absent, not modified, precondition failed) is
// never an Error. Code branches on `kind`, never on the text.
#pragma once

#include <string>
#include <string_view>

namespace start_claude::base {

/// Why a command cannot go on. Each kind has one exit code, which is part of the interface.
enum class ErrorKind {
  unexpected,      ///< a case this program does not know; exit 1
  usage,           ///< the command line is wrong; exit 2
  not_configured,  ///< no S3 settings yet, or not enough of them; exit 3
  no_such_bucket,  ///< the bucket does not exist; exit 3
  access_denied,   ///< credentials missing, wrong, expired or not sufficient; exit 4
  unreachable,     ///< DNS, connect, TLS, timeout, or 5xx after all attempts; exit 5
  undecided,       ///< a person must choose and nobody could be asked; nothing changed; exit 6
  invalid_data,    ///< local or remote content is not what it should be; nothing changed; exit 7
  local_disk,      ///< the local file system refused; exit 8
  locked,          ///< another run holds the lock; exit 9
  interrupted,     ///< SIGINT or SIGTERM; exit 130
};

/// The process exit code that stands for `kind`.
int exit_code(ErrorKind kind);
/// "access_denied": what programs know the kind by.
std::string_view name_of(ErrorKind kind);

struct Error {
  ErrorKind kind = ErrorKind::unexpected;
  /// One line, no trailing period, no secret: completes "start-claude: error: ".
  std::string message;
  /// The next step, or empty: completes "start-claude: hint: ".
  std::string hint = {};

  bool operator==(const Error&) const = default;
};

}  // namespace start_claude::base

namespace start_claude {
using base::Error;
using base::ErrorKind;
}  // namespace start_claude
