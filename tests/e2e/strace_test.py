#!/usr/bin/env python3
"""Every command under `strace -f`: a secret is written to config, history and the wire, nowhere else.

    tests/e2e/strace_test.py --binary build/debug/start-claude

Exit code 77 where strace may trace nothing, as in some containers.
"""
import argparse
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import scene as at  # noqa: E402

BINARY = None
SKIPPED = 77
# Only signed with: they never leave the machine.
KEYS = [at.SECRET, at.BASE_SECRET]
# Whatever brings bytes out of the process: data, and what `ps` shows.
CALLS = ("write,pwrite64,writev,pwritev,pwritev2,sendto,sendmsg,sendmmsg,execve,execveat,"
         "rename,renameat,renameat2,symlink,symlinkat,link,linkat,setxattr,prctl")
# strace -yy says what a descriptor is: 3</path/of/a/file>, 5<TCP:[127.0.0.1:1->127.0.0.1:2]>.
CALL = re.compile(r"^\d+ +(?:<\.\.\. )?(\w+)(?:\((\d+)<(.*?)>(?=,))?")
CONFIG_FILE = re.compile(
    r"/\.start-claude/(\.?config\.json|\.?s3-last-settings\.json|\.?s3-journal)")


def may_trace():
    return subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], capture_output=True,
                          check=False).returncode == 0


class Traced(unittest.TestCase):
    def setUp(self):
        self.scene = at.Scene(self, BINARY)
        # strace and LeakSanitizer both want to trace.
        self.scene.variables["ASAN_OPTIONS"] = "detect_leaks=0"
        self.trace = self.scene.root / "trace"
        self.seen = set()  # (secret, kind of place) that was found where it belongs

    def command(self, *arguments):
        self.trace.unlink(missing_ok=True)
        return ["strace", "-f", "-yy", "-s", "1000000", "-e", f"trace={CALLS}", "-o",
                str(self.trace), str(BINARY), *arguments]

    def end(self):
        """Ends what is traced; each line begins with a process id, the first with its."""
        os.kill(int(self.trace.read_text(errors="replace").split(None, 1)[0]), signal.SIGTERM)

    def run_on(self, machine, *arguments, expect=(0,)):
        done = subprocess.run(self.command(*arguments), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=120,
                              env=self.scene.environment(machine))
        self.assertIn(done.returncode, expect, (arguments, done.stdout, done.stderr))
        self.check(arguments)

    def last(self, machine, *arguments, use):
        """A command that runs until it is ended."""
        running = at.Running(self.command(*arguments), self.scene.environment(machine))
        self.addCleanup(running.process.kill)
        use(running)
        running.end(self.end)
        self.check(arguments)

    def check(self, arguments):
        for line in self.trace.read_text(errors="replace").splitlines():
            for secret in [*KEYS, *at.TOKENS, *at.PARTS, *at.API_KEYS]:
                if secret in line:
                    self.check_place(secret, line, arguments)

    def check_place(self, secret, line, arguments):
        call = CALL.match(line)
        self.assertIsNotNone(call, line)
        name, _, place = call.groups()
        place = place or ""
        is_wire = place.startswith(("TCP:", "TCPv6:"))
        is_config = bool(CONFIG_FILE.search(place))
        allowed = is_config or (is_wire and secret not in KEYS)
        # What somebody else hands out never rests.
        if secret in at.TOKENS or secret in at.PARTS:
            allowed = is_wire
        if self.prints_credentials(line):
            allowed = place.startswith("pipe:")
        # The user's own credential_process gets the arguments that the user wrote.
        if secret == at.ARGUMENT and name == "execve":
            allowed = f'"{at.ARGUMENT}"' in line
        self.assertTrue(allowed, f"{arguments}: {name} of a secret to {place or line[:200]}")
        self.seen.add((secret, "wire" if is_wire else "config"))

    @staticmethod
    def prints_credentials(line):
        """What the user's own credential_process says to us."""
        return '\\"Version\\": 1' in line

    def set_up(self, machine, *more, expect=(0,)):
        self.run_on(machine, *self.scene.setup_arguments(*more), expect=expect)

    def test_stored_keys(self):
        scene = self.scene
        stored = scene.stored_key("lark")
        scene.save("lark", at.API_KEYS[0])
        self.set_up("lark", *stored)
        self.set_up("heron", *stored)
        scene.save("lark", at.API_KEYS[1])
        self.run_on("lark", "s3-upload", "-v", "--record", str(scene.root / "run.http"))
        scene.save("heron", at.API_KEYS[2])
        for command in (["s3-status"], ["s3-status", "--offline"], ["s3-diff"], ["s3-doctor"],
                        ["s3-doctor", "--write"], ["s3-doctor", "--policy"], ["s3-history"]):
            for flags in (["-v"], ["--json"]):
                self.run_on("heron", *command, *flags, expect=(0, 1, 5, 6, 10))
        self.run_on("heron", "s3-sync", "-v", expect=(0, 6))
        self.run_on("heron", "s3-download", "-v", "--force")
        self.run_on("heron", "s3-restore", "-v", "--last", "--force")
        wrong = scene.private_file("wrong", at.SECRET[::-1])
        self.set_up("srv1", *stored, "--secret-access-key-file", str(wrong), expect=(2, 4))
        self.run_on("srv1", "completion", "bash")
        self.run_on("srv1", "--version")
        self.check_that_something_was_seen(
            [(at.SECRET, "config"), (at.API_KEYS[0], "config"), (at.API_KEYS[0], "wire"),
             (at.API_KEYS[1], "wire")])

    def test_the_check_itself(self):
        wrong = [f'7 write(2</dev/pts/0>, "{at.SECRET}", 9) = 9',
                 f'7 write(3</tmp/x/.start-claude/s3-state.json>, "{at.API_KEYS[0]}", 9) = 9',
                 f'7 sendto(5<TCP:[127.0.0.1:1->127.0.0.1:2]>, "{at.SECRET}", 9, 0, NULL, 0) = 9',
                 f'7 write(3</tmp/x/.start-claude/config.json>, "{at.TOKENS[0]}", 9) = 9',
                 f'7 write(1<pipe:[1]>, "{at.CONTAINER_PATH}", 9) = 9',
                 f'7 execve("/bin/tool", ["tool", "{at.SECRET}"], 0x1 /* 3 vars */) = 0']
        for line in wrong:
            self.trace.write_text(line + "\n")
            with self.assertRaises(AssertionError, msg=line):
                self.check(())

    def test_commands_that_last(self):
        self.scene.save("lark", at.API_KEYS[0])
        self.set_up("lark", *self.scene.stored_key("lark"))
        for number, (command, use) in enumerate(at.LASTING, start=1):
            self.scene.save("lark", at.API_KEYS[number % 3])
            self.last("lark", *command, use=use)
        self.check_that_something_was_seen([(key, "wire") for key in at.API_KEYS])

    def test_serve(self):
        self.last("srv1", "s3-serve", "--dir", str(self.scene.root / "buckets"), "--port", "0",
                  "--access-key-id", at.KEY_ID, "--secret-access-key-file",
                  str(self.scene.secret_file), use=lambda running: running.wait_for("http://"))

    def test_keys_of_others(self):
        """Whatever hands out credentials: none of it rests anywhere."""
        for source in at.Scene.SOURCES[1:]:
            with self.subTest(source.__name__):
                seen = self.seen
                self.setUp()
                self.seen = seen
                self.scene.save("lark", at.API_KEYS[0])
                self.set_up("lark", *source(self.scene, "lark"))
                for command in ("s3-sync", "s3-status"):
                    self.run_on("lark", command, "-v", "--record",
                                str(self.scene.root / "run.http"))
        self.check_that_something_was_seen([(token, "wire") for token in at.TOKENS])
        self.assertNotIn((at.SECRET, "wire"), self.seen)

    def check_that_something_was_seen(self, wanted):
        """A trace that shows nothing would pass, too."""
        for each in wanted:
            self.assertIn(each, self.seen)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    known, rest = parser.parse_known_args()
    BINARY = known.binary.resolve()
    if shutil.which("strace") is None:
        sys.exit("strace is not installed (scripts/install-dependencies test)")
    if not may_trace():
        print("SKIPPED: strace may not trace here (ptrace)", file=sys.stderr)
        sys.exit(SKIPPED)
    unittest.main(argv=[sys.argv[0], *rest])
