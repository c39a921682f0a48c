#!/usr/bin/env python3
"""No secret where it does not belong: not in output, not in a file others may read, not in the bucket.

    tests/e2e/secrets_test.py --binary build/debug/start-claude
"""
import argparse
import pathlib
import stat
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import scene as at  # noqa: E402

BINARY = None
# What the program was given, and must show to nobody.
SECRETS = [at.SECRET, at.BASE_SECRET, *at.TOKENS, *at.PARTS, *at.API_KEYS,
           *(key + "-token" for key in at.API_KEYS)]


class Secrets(unittest.TestCase):
    def setUp(self):
        self.scene = at.Scene(self, BINARY)
        self.outputs = []

    def run_on(self, machine, *arguments, expect=(0,)):
        done = subprocess.run([str(BINARY), *arguments], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60,
                              env=self.scene.environment(machine))
        self.outputs.append((arguments, done.stdout + done.stderr))
        self.assertIn(done.returncode, expect, (arguments, done.stdout, done.stderr))

    def set_up(self, machine, *more, expect=(0,)):
        self.run_on(machine, *self.scene.setup_arguments(*more), expect=expect)

    def go_through_every_command(self):
        scene = self.scene
        stored = scene.stored_key("lark")
        scene.save("lark", at.API_KEYS[0])
        self.set_up("lark", *stored)
        self.set_up("heron", *stored)
        scene.save("lark", at.API_KEYS[1])
        scene.save("heron", at.API_KEYS[2])
        for machine in ("lark", "heron"):
            for command in ("s3-status", "s3-diff", "s3-doctor", "s3-sync", "s3-upload",
                            "s3-download", "s3-history"):
                for flags in (["-v"], ["--json", "-v"]):
                    more = ["--dry-run"] if command in ("s3-upload", "s3-download") else []
                    self.run_on(machine, command, *flags, *more, expect=(0, 6, 10))
        self.run_on("heron", "s3-download", "-v", "--force")
        self.run_on("heron", "s3-restore", "-v", "--last", "--force")
        for flags in (["--show", "1"], ["--diff", "1"], ["--show", "2", "--json"],
                      ["--diff", "2", "--json"]):
            self.run_on("heron", "s3-history", *flags)
        # Failures have more to say.
        wrong = scene.private_file("wrong", at.SECRET[::-1])
        self.set_up("srv1", *stored, "--secret-access-key-file", str(wrong), expect=(2, 4))
        path = scene.config("lark")
        path.write_text(path.read_text()[:-10])
        self.run_on("lark", "s3-sync", "-v", expect=(7,))
        self.run_on("lark", "s3-download", "-v", "--force", expect=(0,))

    def check_outputs(self):
        for arguments, text in self.outputs:
            for secret in SECRETS:
                self.assertNotIn(secret, text, arguments)

    def check_files(self, machine, *, stores_key):
        """Only the configuration holds API keys, and credentials only if they are stored."""
        may_hold_key = {"config.json", "s3-last-settings.json"} if stores_key else set()
        for path in self.scene.config(machine).parent.rglob("*"):
            mode = stat.S_IMODE(path.stat().st_mode)
            self.assertEqual(mode, 0o700 if path.is_dir() else 0o600, path)
            if path.is_dir():
                continue
            text = path.read_text(errors="replace")
            for secret in [at.BASE_SECRET, *at.TOKENS, *at.PARTS]:
                self.assertNotIn(secret, text, path)
            if path.name not in may_hold_key:
                self.assertNotIn(at.SECRET, text, path)

    def test_output(self):
        self.go_through_every_command()
        self.check_outputs()

    def test_files(self):
        self.go_through_every_command()
        for machine in ("lark", "heron"):
            self.check_files(machine, stores_key=True)
        stored = [path for path in (self.scene.root / "serve").rglob("*") if path.is_file()]
        self.assertTrue(any(at.API_KEYS[0][:6] in path.read_text(errors="replace")
                            for path in stored), "nothing was stored, so nothing was checked")
        for path in stored:
            if "secret" not in path.name:
                self.assertNotIn(at.SECRET, path.read_text(errors="replace"), path)

    def test_every_source(self):
        """Whoever hands out the credentials: they work, are shown to nobody, and rest nowhere."""
        for source in at.Scene.SOURCES:
            with self.subTest(source.__name__):
                self.scene, self.outputs = at.Scene(self, BINARY), []
                self.scene.save("lark", at.API_KEYS[0])
                self.set_up("lark", *source(self.scene, "lark"))
                recording = self.scene.root / "run.http"
                for command in (["s3-sync"], ["s3-status"], ["s3-doctor", "--write"]):
                    self.run_on("lark", *command, "-v", "--record", str(recording), expect=(0, 1))
                    text = recording.read_text()
                    self.assertIn("> GET http://127.0.0.1", text)
                    for secret in SECRETS:
                        self.assertNotIn(secret, text, command)
                self.scene.save("lark", at.API_KEYS[1])
                self.last("watch", "-v", use=at.use_watch)
                self.check_outputs()
                self.check_files("lark", stores_key=source is at.Scene.stored_key)

    def test_commands_that_last(self):
        self.scene.save("lark", at.API_KEYS[0])
        self.set_up("lark", *self.scene.stored_key("lark"))
        for number, (command, use) in enumerate(at.LASTING, start=1):
            self.scene.save("lark", at.API_KEYS[number % 3])
            self.last(*command, use=use)
        self.check_outputs()
        self.check_files("lark", stores_key=True)

    def last(self, *command, use):
        running = at.Running([str(BINARY), *command], self.scene.environment("lark"))
        self.addCleanup(running.process.kill)
        use(running)
        self.outputs.append((command, running.end(running.process.terminate)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    known, rest = parser.parse_known_args()
    BINARY = known.binary.resolve()
    unittest.main(argv=[sys.argv[0], *rest])
