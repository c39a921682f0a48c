#include "platform/posix_name_service.h"

#ifdef START_CLAUDE_STATIC
#include <nss.h>
#endif

namespace start_claude::platform {

void look_names_up_without_modules() {
#ifdef START_CLAUDE_STATIC
  (void)__nss_configure_lookup("hosts", "files dns");
#endif
}

}  // namespace start_claude::platform
