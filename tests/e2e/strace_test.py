#!/usr/bin/env python3
"""Every command under `strace -f`: a secret is written to config, history and the wire, nowhere else.

    tests/e2e/strace_test.py --binary build/debug/start-claude

Exit code 77 where strace is missing or may trace nothing.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness.aws_services import AwsServices  # noqa: E402
from harness.servers import S3Serve  # noqa: E402

BINARY = None
SKIPPED = 77
KEY_ID, SECRET = S3Serve.access_key_id, S3Serve.secret_access_key
API_KEYS = ["sk-ant-aaaaaaaaaaaa-1111", "sk-ant-bbbbbbbbbbbb-2222", "sk-ant-cccccccccccc-3333"]
STS_KEY = "the-key-of-the-source-profile-0123456789"
TOKENS = [AwsServices.session_token, AwsServices.instance_token]
# Whatever brings bytes out of the process: data, and what `ps` shows.
CALLS = ("write,pwrite64,writev,pwritev,pwritev2,sendto,sendmsg,sendmmsg,execve,execveat,"
         "rename,renameat,renameat2,symlink,symlinkat,link,linkat,setxattr,prctl")
# strace -yy says what a descriptor is: 3</path/of/a/file>, 5<TCP:[127.0.0.1:1->127.0.0.1:2]>.
CALL = re.compile(r"^\d+ +(?:<\.\.\. )?(\w+)(?:\((\d+)<(.*?)>(?=,))?")
CONFIG_FILE = re.compile(r"/\.start-claude/(\.?config\.json|\.?last-s3-settings\.json|history/)")


def may_trace():
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], capture_output=True,
                          check=False).returncode == 0


class Traced(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.root = pathlib.Path(self.scratch.name)
        self.server = S3Serve(BINARY, self.root / "serve")
        self.addCleanup(self.server.stop)
        self.endpoint = f"http://127.0.0.1:{self.server.port}"
        self.services = AwsServices(KEY_ID, SECRET)
        self.addCleanup(self.services.stop)
        self.secret_file = self.root / "secret"
        self.secret_file.write_text(SECRET)
        self.secret_file.chmod(0o600)
        self.variables = {"AWS_EC2_METADATA_DISABLED": "true"}
        self.seen = set()  # (secret, kind of place) that was found where it belongs

    def start(self, machine, *arguments):
        home = self.root / machine
        home.mkdir(exist_ok=True)
        trace = self.root / "trace"
        trace.unlink(missing_ok=True)
        command = ["strace", "-f", "-yy", "-s", "1000000", "-e", f"trace={CALLS}", "-o",
                   str(trace), str(BINARY), *arguments]
        return trace, subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={"HOME": str(home), "PATH": os.environ["PATH"], "START_CLAUDE_HOST": machine,
                 # strace and LeakSanitizer both want to trace.
                 "ASAN_OPTIONS": "detect_leaks=0", **self.variables})

    @staticmethod
    def end(trace):
        """Ends what is traced; each line begins with a process id, the first with its."""
        os.kill(int(trace.read_text(errors="replace").split(None, 1)[0]), signal.SIGTERM)

    def run_on(self, machine, *arguments, expect=(0,)):
        trace, process = self.start(machine, *arguments)
        output = b"".join(process.communicate(timeout=120)).decode()
        self.assertIn(process.returncode, expect, (arguments, output))
        self.check(trace, arguments)

    def check(self, trace, arguments):
        for line in trace.read_text(errors="replace").splitlines():
            for secret in [SECRET, STS_KEY, *TOKENS, *API_KEYS]:
                if secret in line:
                    self.check_place(secret, line, arguments)

    def check_place(self, secret, line, arguments):
        call = CALL.match(line)
        self.assertIsNotNone(call, line)
        name, _, place = call.groups()
        place = place or ""
        is_wire = place.startswith(("TCP:", "TCPv6:"))
        is_config = bool(CONFIG_FILE.search(place))
        # The keys themselves never leave the machine, they only sign; the tokens never rest.
        allowed = is_config or (is_wire and secret not in (SECRET, STS_KEY))
        if secret in TOKENS:
            allowed = is_wire
        if self.prints_credentials(line):
            allowed = place.startswith("pipe:")
        self.assertTrue(allowed, f"{arguments}: {name} of a secret to {place or line[:200]}")
        self.seen.add((secret, "wire" if is_wire else "config"))

    @staticmethod
    def prints_credentials(line):
        """What the user's own credential_process says to us."""
        return '\\"Version\\": 1' in line

    def save(self, machine, api_key):
        path = self.root / machine / ".start-claude" / "config.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        known = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps({**known, "configs": [
            {"name": "production", "apiKey": api_key}]}))

    def set_up(self, machine, *more, expect=(0,)):
        self.run_on(machine, "s3-setup", "-v", "--no-input", "--service", "custom", "--bucket",
                    "cfg", "--create-bucket", "--region", "us-east-1", "--endpoint",
                    self.endpoint, *more, expect=expect)

    def test_stored_keys(self):
        stored = ("--access-key-id", KEY_ID, "--secret-access-key-file", str(self.secret_file))
        self.save("lark", API_KEYS[0])
        self.set_up("lark", *stored)
        self.set_up("heron", *stored)
        self.save("lark", API_KEYS[1])
        self.run_on("lark", "s3-upload", "-v", "--record", str(self.root / "run.http"))
        self.save("heron", API_KEYS[2])
        for command in (["s3-status"], ["s3-status", "--offline"], ["s3-diff"], ["s3-doctor"],
                        ["s3-doctor", "--write"], ["s3-doctor", "--policy"], ["s3-history"]):
            for flags in (["-v"], ["--json"]):
                self.run_on("heron", *command, *flags, expect=(0, 1, 5, 6, 10))
        self.run_on("heron", "s3-sync", "-v", expect=(0, 6))
        self.run_on("heron", "s3-download", "-v", "--force")
        self.run_on("heron", "s3-restore", "-v", "--last", "--force")
        wrong = self.root / "wrong"
        wrong.write_text(SECRET[::-1])
        self.set_up("srv1", "--access-key-id", KEY_ID, "--secret-access-key-file", str(wrong),
                    expect=(2, 4))
        self.check_that_something_was_seen([(SECRET, "config"), (API_KEYS[0], "config"),
                                            (API_KEYS[0], "wire"), (API_KEYS[1], "wire")])

    def test_the_check_itself(self):
        wrong = [f'7 write(2</dev/pts/0>, "{SECRET}", 9) = 9',
                 f'7 write(3</tmp/x/.start-claude/s3-state.json>, "{API_KEYS[0]}", 9) = 9',
                 f'7 sendto(5<TCP:[127.0.0.1:1->127.0.0.1:2]>, "{SECRET}", 9, 0, NULL, 0) = 9',
                 f'7 write(3</tmp/x/.start-claude/config.json>, "{TOKENS[0]}", 9) = 9',
                 f'7 execve("/bin/tool", ["tool", "{SECRET}"], 0x1 /* 3 vars */) = 0']
        for line in wrong:
            (self.root / "trace").write_text(line + "\n")
            with self.assertRaises(AssertionError, msg=line):
                self.check(self.root / "trace", ())

    def test_watch(self):
        self.save("lark", API_KEYS[0])
        self.set_up("lark", "--access-key-id", KEY_ID, "--secret-access-key-file",
                    str(self.secret_file))
        self.save("lark", API_KEYS[1])
        trace, process = self.start("lark", "watch", "-v")
        deadline = time.monotonic() + 60
        while "PUT /cfg/" not in (trace.read_text(errors="replace") if trace.exists() else ""):
            if process.poll() is not None or time.monotonic() > deadline:
                break
            time.sleep(0.05)
        self.end(trace)
        process.communicate(timeout=60)
        self.check(trace, ("watch",))
        self.check_that_something_was_seen([(API_KEYS[1], "wire")])

    def test_serve(self):
        trace, process = self.start(
            "srv1", "s3-serve", "--dir", str(self.root / "buckets"), "--port", "0",
            "--access-key-id", KEY_ID, "--secret-access-key-file", str(self.secret_file))
        deadline = time.monotonic() + 60
        while "write(1" not in (trace.read_text(errors="replace") if trace.exists() else ""):
            if process.poll() is not None or time.monotonic() > deadline:
                break
            time.sleep(0.05)
        self.end(trace)
        process.communicate(timeout=60)
        self.check(trace, ("s3-serve",))

    def test_keys_of_others(self):
        """A profile, a program, a role, a container, an instance: none of it rests anywhere."""
        aws = self.root / "lark" / ".aws"
        aws.mkdir(parents=True)
        answer = json.dumps({"Version": 1, "AccessKeyId": KEY_ID, "SecretAccessKey": SECRET})
        tool = self.root / "tool"
        tool.write_text(f"#!/bin/sh\necho '{answer}'\n")
        tool.chmod(0o755)
        (aws / "config").write_text(
            f"[profile tool]\ncredential_process = {tool}\n"
            "[profile role]\nrole_arn = arn:role\nsource_profile = base\n")
        (aws / "credentials").write_text(
            f"[keys]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"
            f"[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = {STS_KEY}\n")
        self.save("lark", API_KEYS[0])
        for profile in ("keys", "tool"):
            self.set_up("lark", "--credentials", f"profile:{profile}")
            self.run_on("lark", "s3-sync", "-v", "--record", str(self.root / "run.http"))
        self.variables["AWS_ENDPOINT_URL_STS"] = self.endpoint = self.services.url
        self.set_up("lark", "--credentials", "profile:role")
        self.set_up_chain()
        container = self.services.url + "/container/x"
        for variables in ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": container},
                          {"AWS_EC2_METADATA_SERVICE_ENDPOINT": self.services.url}):
            self.variables = variables
            for command in ("s3-sync", "s3-status"):
                self.run_on("lark", command, "-v", "--record", str(self.root / "run.http"))
        self.check_that_something_was_seen([(token, "wire") for token in TOKENS])
        self.assertNotIn((SECRET, "wire"), self.seen)

    def set_up_chain(self):
        path = self.root / "lark" / ".start-claude" / "config.json"
        document = json.loads(path.read_text())
        del document["settings"]["s3Sync"]["credentials"]
        path.write_text(json.dumps(document))

    def check_that_something_was_seen(self, wanted):
        """A trace that shows nothing would pass, too."""
        for each in wanted:
            self.assertIn(each, self.seen)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    known, rest = parser.parse_known_args()
    BINARY = known.binary.resolve()
    if not may_trace():
        print("SKIPPED: strace is missing, or may not trace here (ptrace)", file=sys.stderr)
        sys.exit(SKIPPED)
    unittest.main(argv=[sys.argv[0], *rest])
