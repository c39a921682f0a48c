#include "http/transport.h"

namespace start_claude::http {

bool may_have_had_effect(FailureKind kind) {
  switch (kind) {
    case FailureKind::name_not_resolved:
    case FailureKind::not_connected:
    case FailureKind::tls_not_trusted:
    case FailureKind::tls_too_old:
    case FailureKind::tls_failed:
    case FailureKind::proxy_denied:
    case FailureKind::proxy_failed: return false;
    case FailureKind::timed_out:
    case FailureKind::connection_lost:
    case FailureKind::malformed_response:
    case FailureKind::too_large: return true;
  }
  return true;
}

}  // namespace start_claude::http
