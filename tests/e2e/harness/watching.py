"""`start-claude watch` as a process, and what it says as events that a test can wait for."""

import json
import os
import signal
import subprocess
import threading
import time

from .forwarder import Forwarder
from .hostile import wait_for_hang_up
from .s3_client import S3Client

PATIENCE_S = 30
KEY = "start-claude-config.json"


class CountingForwarder(Forwarder):
    """Counts the PUTs on their way to the server, and can hold everything back."""

    def __init__(self, server_port):
        self.puts = 0
        self.hangs = threading.Event()
        super().__init__(server_port)

    def _meet_upload(self, cut):
        with self.lock:
            self.puts += 1
        super()._meet_upload(cut)

    def serve(self, client):
        # A server that hangs takes what it is sent and never answers.
        if self.hangs.is_set():
            wait_for_hang_up(client)
            return
        super().serve(client)


class Bucket:
    """A bucket of this test's own, behind a forwarder of its own."""

    def __init__(self, server):
        self.server = server
        self.name = f"watch-{os.getpid()}-{time.monotonic_ns() % 1_000_000_000}"
        self.forwarder = CountingForwarder(server.port)
        self._client = S3Client(
            "127.0.0.1", server.port, server.access_key_id, server.secret_access_key
        )
        self._client.create_bucket(self.name)

    @property
    def puts(self):
        return self.forwarder.puts

    def document(self):
        found = self._client.get(self.name, KEY)
        return json.loads(found[1]) if found else None

    def close(self):
        self.forwarder.stop()


class Home:
    """A HOME that is set up for the bucket."""

    def __init__(self, binary, folder, name, bucket):
        self.binary, self.home, self.name = str(binary), str(folder / name), name
        self.folder = os.path.join(self.home, ".start-claude")
        self.config = os.path.join(self.folder, "config.json")
        os.makedirs(self.folder, mode=0o700)
        secret = os.path.join(self.home, "secret")
        with open(secret, "w", encoding="ascii") as file:
            file.write(bucket.server.secret_access_key)
        self.run(
            "s3-setup", "--no-input", "--service", "custom", "--bucket", bucket.name,
            "--endpoint", f"http://127.0.0.1:{bucket.forwarder.port}", "--region", "us-east-1",
            "--access-key-id", bucket.server.access_key_id, "--secret-access-key-file", secret,
        )

    @property
    def environment(self):
        environment = {"HOME": self.home, "PATH": "/usr/bin:/bin", "START_CLAUDE_HOST": self.name}
        for setting in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LLVM_PROFILE_FILE"):
            if setting in os.environ:
                environment[setting] = os.environ[setting]
        return environment

    def run(self, *arguments, expect=0):
        done = subprocess.run(
            [self.binary, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            env=self.environment, timeout=PATIENCE_S, check=False,
        )
        assert done.returncode == expect, (arguments, done.returncode, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def document(self):
        with open(self.config, encoding="utf-8") as file:
            return json.load(file)

    def text_with(self, **env):
        """config.json's text with these in the first profile's `env`, everything else as it is."""
        document = self.document()
        if not document["configs"]:
            document["configs"].append({"name": "production"})
        document["configs"][0].setdefault("env", {}).update(env)
        return json.dumps(document, indent=2) + "\n"

    def env(self):
        """The first profile's `env`."""
        document = self.document()
        return document["configs"][0].get("env", {}) if document["configs"] else {}


class Watch:
    """The running process. Its events are in `events`, in order."""

    def __init__(self, home, more_environment=None):
        self.events, self.errors = [], []
        self._news = threading.Condition()
        self.process = subprocess.Popen(
            [home.binary, "watch", "--json"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env=home.environment | (more_environment or {}),
        )
        self._readers = [
            threading.Thread(target=self._read, args=(stream, take), daemon=True)
            for stream, take in (
                (self.process.stdout, lambda line: self.events.append(json.loads(line))),
                (self.process.stderr, self.errors.append),
            )
        ]
        for reader in self._readers:
            reader.start()
        self.wait_for(lambda: self.results()[:1] == ["watching"])

    def _read(self, stream, take):
        for line in stream:
            with self._news:
                take(line)
                self._news.notify_all()

    def results(self):
        return [event["result"] for event in self.events]

    def wait_for(self, condition, patience_s=PATIENCE_S):
        """Until `condition()` holds, looked at whenever the process said something."""
        with self._news:
            if not self._news.wait_for(condition, patience_s):
                raise AssertionError(f"waited in vain: {self.events} {self.errors}")

    def next_result(self, seen, patience_s=PATIENCE_S):
        """What it says after the first `seen` events."""
        self.wait_for(lambda: len(self.events) > seen, patience_s)
        return self.events[seen]["result"]

    def signal(self, number):
        self.process.send_signal(number)

    def check_now(self):
        self.signal(signal.SIGUSR1)

    def stop(self, patience_s=PATIENCE_S):
        """The exit code."""
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        try:
            code = self.process.wait(patience_s)
        finally:
            self.process.kill()
        for reader in self._readers:
            reader.join()
        self.process.stdout.close()
        self.process.stderr.close()
        return code

    def status(self, member):
        """A number from /proc/PID/status."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith(member + ":"))
