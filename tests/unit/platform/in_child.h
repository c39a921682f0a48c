// Runs a piece of a test in a forked process, for what a process can do only once: end, be killed,
// or lose its standard streams.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

namespace start_claude::platform {

/// The child's exit code, or 128 plus the signal that ended it.
inline int wait_for_child(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// `body` returns the exit code.
template <class Body>
pid_t start_child(Body body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  return child;
}

template <class Body>
int run_in_child(Body body) {
  return wait_for_child(start_child(body));
}

}  // namespace start_claude::platform
