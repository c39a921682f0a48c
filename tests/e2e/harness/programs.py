"""Runs a shell command as its user would: on a terminal of its own, or with none at all."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time

# Long, because a loaded machine is no failure; reached only by a program that hangs.
PATIENCE_S = 60.0
QUIET_S = 2.0
ROWS, COLUMNS = 50, 160


class Outcome:
    """What was shown, in pieces: ("shown", text) and ("typed", Answer)."""

    def __init__(self):
        self.pieces = []
        self.exit = None
        self.problem = ""  # why it was ended early, if it was

    def show(self, text):
        if self.pieces and self.pieces[-1][0] == "shown":
            self.pieces[-1] = ("shown", self.pieces[-1][1] + text)
        else:
            self.pieces.append(("shown", text))

    @property
    def text(self):
        return "".join(piece for kind, piece in self.pieces if kind == "shown")


def run_without_terminal(command, environment, folder):
    """stdin is empty, as in cron; stdout and stderr together, in the order written."""
    outcome = Outcome()
    process = subprocess.Popen(
        ["/bin/sh", "-c", command],
        env=environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        outcome.problem = f"still running after {PATIENCE_S:.0f} s without a terminal"
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
    outcome.show(output.decode(errors="replace"))
    outcome.exit = process.returncode
    return outcome


class _Terminal:
    """The far end of a pseudo terminal, with the command on the near end."""

    def __init__(self, command, environment, folder):
        self.outcome = Outcome()
        self.rest = b""
        self.child, self.master = pty.fork()
        if self.child == 0:
            try:
                # Whoever ran us may ignore these, as shells do for background jobs and Python for
                # SIGPIPE; a terminal's shell starts its commands with neither ignored.
                for each in (signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE):
                    signal.signal(each, signal.SIG_DFL)
                os.chdir(folder)
                os.execve("/bin/sh", ["/bin/sh", "-c", command], environment)
            finally:
                os._exit(127)
        size = struct.pack("HHHH", ROWS, COLUMNS, 0, 0)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, size)

    def read(self, seconds):
        """False at the end of the output."""
        if not select.select([self.master], [], [], seconds)[0]:
            return True
        try:
            chunk = os.read(self.master, 65536)
        except OSError:  # Linux says so when the last process let go of the terminal
            chunk = b""
        if not chunk:
            return False
        text = (self.rest + chunk).decode(errors="ignore")
        self.rest = (self.rest + chunk)[len(text.encode()) :]
        self.outcome.show(text.replace("\r\n", "\n"))
        return True

    def echoes(self):
        return bool(termios.tcgetattr(self.master)[3] & termios.ECHO)

    def type(self, answer):
        """Waits for the program to hide, or show again, what is typed."""
        deadline = time.monotonic() + PATIENCE_S
        while not answer.is_control and self.echoes() == answer.hidden:
            if time.monotonic() > deadline:
                state = "shows" if answer.hidden else "hides"
                self.outcome.problem = f"the terminal {state} what is typed here"
                return False
            self.read(0.01)
        self.outcome.pieces.append(("typed", answer))
        os.write(self.master, answer.keys)
        return True

    def finish(self):
        if self.outcome.problem:
            os.killpg(self.child, signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and self.read(0.1):
            pass
        if time.monotonic() >= deadline:
            self.outcome.problem = "still running after its expected output"
            os.killpg(self.child, signal.SIGKILL)
        os.close(self.master)
        _, status = os.waitpid(self.child, 0)
        self.outcome.exit = os.waitstatus_to_exitcode(status)
        return self.outcome


def run_on_terminal(command, environment, folder, stages, insist):
    """Types each stage's answer once the output so far is what the stage says.

    With `insist` false, an answer is typed anyway once the program has been quiet for a while: that
    is how a transcript is recorded anew.
    """
    terminal = _Terminal(command, environment, folder)
    for pattern, answer in stages[:-1]:
        deadline = time.monotonic() + (PATIENCE_S if insist else QUIET_S)
        while not pattern.fullmatch(terminal.outcome.text):
            seen = len(terminal.outcome.text)
            if not terminal.read(0.1):
                return terminal.finish()
            if len(terminal.outcome.text) > seen:
                # Output that ends without a line break is a prompt: a wrong one, if it stays.
                quiet = QUIET_S if not insist else PATIENCE_S / 6
                deadline = time.monotonic() + quiet
            elif time.monotonic() > deadline:
                if insist:
                    terminal.outcome.problem = f"waits at something else than «{answer.text}»"
                    return terminal.finish()
                break
        if not terminal.type(answer):
            break
    return terminal.finish()
