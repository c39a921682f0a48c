"""The S3 server that a transcript runs against: the program's own, or a real one already running."""

import os
import shlex
import socket
import subprocess
import time
import urllib.parse

START_PATIENCE_S = 30


class ServerUnavailable(Exception):
    """There is no real server on this machine and none could be installed."""


class S3Serve:
    """`start-claude s3-serve` over a folder of this transcript's own."""

    access_key_id = "AKIAIOSFODNN7EXAMPLE"
    secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

    def __init__(self, binary, folder, host="127.0.0.1"):
        self.host = host
        self.port = _free_port(host)
        os.makedirs(os.path.join(folder, "buckets"))
        secret_file = os.path.join(folder, "secret")
        with open(secret_file, "w", encoding="ascii") as file:
            file.write(self.secret_access_key + "\n")
        self.log = os.path.join(folder, "s3-serve.out")
        arguments = ["s3-serve", "--dir", os.path.join(folder, "buckets"), "--port", str(self.port)]
        arguments += ["--host", host]
        arguments += ["--access-key-id", self.access_key_id]
        arguments += ["--secret-access-key-file", secret_file]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [binary, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"HOME": folder, "PATH": "/usr/bin:/bin"},
            )
        self._wait()

    def _wait(self):
        deadline = time.monotonic() + START_PATIENCE_S
        while True:
            try:
                socket.create_connection((self.host, self.port)).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    with open(self.log, encoding="utf-8", errors="replace") as log:
                        raise RuntimeError("s3-serve does not start: " + log.read()) from None
                time.sleep(0.02)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class RealServer:
    """What scripts/s3-server started; `environment` is the file it describes itself in."""

    def __init__(self, environment):
        try:
            with open(environment, encoding="utf-8") as file:
                pairs = [line.split("=", 1) for line in file.read().splitlines() if "=" in line]
        except FileNotFoundError:
            raise ServerUnavailable(f"{environment} is not there: no S3 server runs") from None
        values = {name: "".join(shlex.split(value)) for name, value in pairs}
        self.values = values
        self.port = urllib.parse.urlsplit(values["S3_ENDPOINT"]).port
        self.access_key_id = values["S3_ACCESS_KEY_ID"]
        self.secret_access_key = values["S3_SECRET_ACCESS_KEY"]

    def stop(self):
        """Others use it, too."""


def _free_port(host):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as probe:
        return probe.getsockname()[1]
