"""The stores that benchmarks run against: `start-claude s3-serve` over a folder that goes away, and
the real server of `scripts/s3-server`.

Each has an `endpoint`, a `name` for tables, `key_id`, `secret` and `secret_file`, a `bucket` that
exists, `folder` for whatever else a benchmark needs, and `trust`: environment variables for its
certificate.
"""

import os
import shlex
import socket
import subprocess
import tempfile

SYSTEM_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"


def free_port():
    with socket.socket() as any_socket:
        any_socket.bind(("127.0.0.1", 0))
        return any_socket.getsockname()[1]


class Folder:
    """What every store has on this side."""

    bucket, trust = "bench", {}

    def __init__(self, secret):
        self.secret = secret
        self.temporary = tempfile.TemporaryDirectory(prefix="start-claude-bench-")
        self.folder = self.temporary.name
        self.secret_file = f"{self.folder}/secret"
        with open(self.secret_file, "w", encoding="ascii") as file:
            file.write(secret)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.temporary.cleanup()


class Store(Folder):
    """`s3-serve`, while inside its `with`."""

    name, key_id = "s3-serve", "benchkey"

    def __init__(self, binary):
        super().__init__("benchsecret")
        self.binary = binary

    def __enter__(self):
        os.makedirs(f"{self.folder}/objects/{self.bucket}")
        self.endpoint = f"http://127.0.0.1:{(port := free_port())}"
        command = [self.binary, "s3-serve", "--dir", f"{self.folder}/objects", "--port", str(port)]
        command += ["--access-key-id", self.key_id, "--secret-access-key-file", self.secret_file]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if not self.process.stdout.readline():
            raise RuntimeError("s3-serve did not start")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        super().__exit__()


class RealStore(Folder):
    """The server that wrote this environment file, over http or over https.

    Over https its authority is the last of a bundle with all of this system's, as a private one is
    where it was added.
    """

    def __init__(self, environment, *, https):
        with open(environment, encoding="utf-8") as file:
            told = dict(shlex.split(line)[0].split("=", 1) for line in file)
        super().__init__(told["S3_SECRET_ACCESS_KEY"])
        self.key_id = told["S3_ACCESS_KEY_ID"]
        self.endpoint = told["S3_TLS_ENDPOINT" if https else "S3_ENDPOINT"]
        self.name = told["S3_SERVER_BACKEND"] + (" over https" if https else "")
        if https:
            self.bucket = "bench-tls"
            bundle = f"{self.folder}/bundle.pem"
            with open(bundle, "wb") as file:
                for part in (SYSTEM_BUNDLE, told["S3_CA_FILE"]):
                    with open(part, "rb") as certificates:
                        file.write(certificates.read())
            # The names that this program, curl, and Go's and Python's libraries know it by.
            self.trust = {name: bundle for name in ("AWS_CA_BUNDLE", "SSL_CERT_FILE",
                                                    "CURL_CA_BUNDLE")}  # fmt: skip
