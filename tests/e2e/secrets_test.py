#!/usr/bin/env python3
"""No secret where it does not belong: not in output, not in a file others may read, not in the bucket.

    tests/e2e/secrets_test.py --binary build/debug/start-claude
"""
import argparse
import json
import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness.servers import S3Serve  # noqa: E402

BINARY = None
API_KEYS = ["sk-ant-aaaaaaaaaaaa-1111", "sk-ant-bbbbbbbbbbbb-2222", "sk-ant-cccccccccccc-3333"]


def document(api_key):
    return {"configs": [{"name": "production", "apiKey": api_key,
                         "env": {"MY_TOKEN": api_key + "-token", "PLAIN": "shown"}}]}


class Secrets(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.root = pathlib.Path(self.scratch.name)
        self.server = S3Serve(BINARY, self.root / "serve")
        self.addCleanup(self.server.stop)
        self.secret = self.server.secret_access_key
        self.secret_file = self.root / "secret"
        self.secret_file.write_text(self.secret)
        self.secret_file.chmod(0o600)
        self.outputs = []

    def run_on(self, machine, *arguments, expect=(0,)):
        home = self.root / machine
        home.mkdir(exist_ok=True)
        command = [str(BINARY), *arguments]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              env={"HOME": str(home), "PATH": os.environ["PATH"],
                                   "START_CLAUDE_HOST": machine}, timeout=60)
        self.outputs.append((arguments, done.stdout + done.stderr))
        self.assertIn(done.returncode, expect, (arguments, done.stdout, done.stderr))

    def save(self, machine, changed):
        path = self.root / machine / ".start-claude" / "config.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        known = json.loads(path.read_text()) if path.exists() else {}
        if "settings" in known:
            changed = {**changed, "settings": known["settings"]}
        path.write_text(json.dumps(changed))

    def set_up(self, machine, *more, expect=(0,)):
        self.run_on(machine, "s3-setup", "-v", "--no-input", "--service", "custom", "--bucket",
                    "cfg", "--create-bucket", "--region", "us-east-1", "--endpoint",
                    f"http://127.0.0.1:{self.server.port}", "--access-key-id", self.server.access_key_id,
                    "--secret-access-key-file", str(self.secret_file), *more, expect=expect)

    def go_through_every_command(self):
        self.save("lark", document(API_KEYS[0]))
        self.set_up("lark")
        self.set_up("heron")
        self.save("lark", document(API_KEYS[1]))
        self.save("heron", document(API_KEYS[2]))
        for machine in ("lark", "heron"):
            for command in ("s3-status", "s3-diff", "s3-doctor", "s3-sync", "s3-upload",
                            "s3-download", "s3-history"):
                for flags in (["-v"], ["--json", "-v"]):
                    more = ["--dry-run"] if command in ("s3-upload", "s3-download") else []
                    self.run_on(machine, command, *flags, *more, expect=(0, 6, 10))
        self.run_on("heron", "s3-download", "-v", "--force")
        self.run_on("heron", "s3-restore", "-v", "--last", "--force")
        # Failures have more to say.
        wrong = self.root / "wrong"
        wrong.write_text(self.secret[::-1])
        self.set_up("srv1", "--secret-access-key-file", str(wrong), expect=(2, 4))
        path = self.root / "lark" / ".start-claude" / "config.json"
        path.write_text(path.read_text()[:-10])
        self.run_on("lark", "s3-sync", "-v", expect=(7,))
        self.run_on("lark", "s3-download", "-v", "--force", expect=(0,))

    def test_output(self):
        self.go_through_every_command()
        tokens = [key + "-token" for key in API_KEYS]
        for arguments, text in self.outputs:
            for secret in [self.secret, *API_KEYS, *tokens]:
                self.assertNotIn(secret, text, arguments)

    def test_files(self):
        self.go_through_every_command()
        allowed = {"config.json", "last-s3-settings.json"}
        for machine in ("lark", "heron"):
            folder = self.root / machine / ".start-claude"
            for path in folder.rglob("*"):
                mode = stat.S_IMODE(path.stat().st_mode)
                if path.is_dir():
                    self.assertEqual(mode, 0o700, path)
                    continue
                text = path.read_text(errors="replace")
                is_damaged_copy = path.suffix == ".damaged"
                if path.name not in allowed and not is_damaged_copy:
                    self.assertNotIn(self.secret, text, path)
                self.assertEqual(mode, 0o600, path)
        stored = list((self.root / "serve").rglob("*"))
        self.assertTrue(any(path.is_file() and API_KEYS[0][:6] in path.read_text(errors="replace")
                            for path in stored), "nothing was stored, so nothing was checked")
        for path in stored:
            if path.is_file() and path.resolve() != self.secret_file and "secret" not in path.name:
                self.assertNotIn(self.secret, path.read_text(errors="replace"), path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    known, rest = parser.parse_known_args()
    BINARY = known.binary.resolve()
    unittest.main(argv=[sys.argv[0], *rest])
