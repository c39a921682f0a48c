"""The other programs that can do the same job, as far as they are installed.

Each gives the command that asks whether the object has changed (or the nearest it can do), uploads
a file, and downloads it, against the same store with the same credentials.
"""

import os
import shutil


class Peer:
    def __init__(self, name, store):
        self.name, self.program, self.store = name, shutil.which(name), store
        self.home = os.path.join(store.folder, f"peer-{name}")
        os.makedirs(self.home, exist_ok=True)
        self.environment = {
            "HOME": self.home, "PATH": os.environ["PATH"],
            "AWS_ACCESS_KEY_ID": store.key_id, "AWS_SECRET_ACCESS_KEY": store.secret,
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
        } | store.trust  # fmt: skip

    def write(self, name, text):
        path = os.path.join(self.home, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        return path


class Curl(Peer):
    def command(self, *more):
        url = f"{self.store.endpoint}/{self.store.bucket}/peer-curl"
        return [self.program, "-sSf", "--noproxy", "*", "--aws-sigv4", "aws:amz:us-east-1:s3",
                "-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD",
                "--user", f"{self.store.key_id}:{self.store.secret}", *more, url]  # fmt: skip

    def jobs(self, file):
        target = os.path.join(self.home, "got")
        return {"no change": self.command("-I"), "upload": self.command("-T", file),
                "download": self.command("-o", target)}  # fmt: skip


class Rclone(Peer):
    def jobs(self, file):
        config = self.write("rclone.conf", (
            "[s]\ntype = s3\nprovider = Other\nforce_path_style = true\nregion = us-east-1\n"
            f"endpoint = {self.store.endpoint}\naccess_key_id = {self.store.key_id}\n"
            f"secret_access_key = {self.store.secret}\n"))  # fmt: skip
        base = [self.program, "--config", config]
        there, target = f"s:{self.store.bucket}/peer-rclone", os.path.join(self.home, "got")
        return {"no change": [*base, "copyto", file, there],
                "upload": [*base, "copyto", "--ignore-times", "--s3-no-check-bucket", file, there],
                "download": [*base, "copyto", "--ignore-times", there, target]}  # fmt: skip


class S3cmd(Peer):
    def jobs(self, file):
        scheme, host = self.store.endpoint.split("://")
        config = self.write("s3cfg", (
            f"[default]\naccess_key = {self.store.key_id}\nsecret_key = {self.store.secret}\n"
            f"host_base = {host}\nhost_bucket = {host}\nuse_https = {scheme == 'https'}\n"
            f"ca_certs_file = {self.store.trust.get('SSL_CERT_FILE', '')}\n"))  # fmt: skip
        base = [self.program, "-c", config, "--quiet"]
        there, target = f"s3://{self.store.bucket}/peer-s3cmd", os.path.join(self.home, "got")
        return {"no change": [*base, "sync", file, there], "upload": [*base, "put", file, there],
                "download": [*base, "get", "--force", there, target]}  # fmt: skip


class S5cmd(Peer):
    def jobs(self, file):
        base = [self.program, "--endpoint-url", self.store.endpoint]
        there, target = f"s3://{self.store.bucket}/peer-s5cmd", os.path.join(self.home, "got")
        return {"no change": [*base, "sync", file, there], "upload": [*base, "cp", file, there],
                "download": [*base, "cp", there, target]}  # fmt: skip


class Aws(Peer):
    def jobs(self, file):
        base = [self.program, "--endpoint-url", self.store.endpoint, "s3", "cp", "--quiet"]
        there, target = f"s3://{self.store.bucket}/peer-aws", os.path.join(self.home, "got")
        head = [self.program, "--endpoint-url", self.store.endpoint, "s3api", "head-object",
                "--bucket", self.store.bucket, "--key", "peer-aws"]  # fmt: skip
        return {"no change": head, "upload": [*base, file, there],
                "download": [*base, there, target]}  # fmt: skip


def installed(store):
    kinds = {"curl": Curl, "rclone": Rclone, "s3cmd": S3cmd, "s5cmd": S5cmd, "aws": Aws}
    return [kind(name, store) for name, kind in kinds.items() if shutil.which(name)]
