// Where this process gets names from, in a static binary.
//
// glibc's resolver loads the modules that /etc/nsswitch.conf lists, built for another libc than the
// one in a static binary: it crashes on ordinary servers. Outgoing requests resolve names without
// it; what is left are the addresses that the servers listen on.
#pragma once

namespace start_claude::platform {

/// Names come from /etc/hosts and DNS from now on, whatever /etc/nsswitch.conf says. Does nothing
/// in a dynamic binary. Before the first name is looked up.
void look_names_up_without_modules();

}  // namespace start_claude::platform
