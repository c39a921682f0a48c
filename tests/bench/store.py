"""The store that benchmarks run against: `start-claude s3-serve` over a folder that goes away."""

import os
import socket
import subprocess
import tempfile

KEY_ID, SECRET, BUCKET = "benchkey", "benchsecret", "bench"


def free_port():
    with socket.socket() as any_socket:
        any_socket.bind(("127.0.0.1", 0))
        return any_socket.getsockname()[1]


class Store:
    """With `with`: its `endpoint` answers; `folder` is for whatever else a benchmark needs."""

    def __init__(self, binary):
        self.binary = binary

    def __enter__(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="start-claude-bench-")
        self.folder = self.temporary.name
        os.makedirs(f"{self.folder}/objects/{BUCKET}")
        self.secret_file = f"{self.folder}/secret"
        with open(self.secret_file, "w", encoding="ascii") as file:
            file.write(SECRET)
        self.endpoint = f"http://127.0.0.1:{(port := free_port())}"
        command = [self.binary, "s3-serve", "--dir", f"{self.folder}/objects", "--port", str(port)]
        command += ["--access-key-id", KEY_ID, "--secret-access-key-file", self.secret_file]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if not self.process.stdout.readline():
            raise RuntimeError("s3-serve did not start")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.temporary.cleanup()
