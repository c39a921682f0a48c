"""What a real server answers: Ceph's gateway, started by scripts/s3-server."""

import datetime
import itertools
import json
import os
import shlex
import subprocess
import tempfile
import time

from harness.s3_client import S3Client

SERVER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "s3-server")
KEY = "start-claude-config.json"


def document(**models):
    configs = [{"name": name, "model": model} for name, model in models.items()]
    return {"configs": configs}


class Store:
    """With `with`: the server runs, and every scenario gets a bucket of its own."""

    proxy = None

    def __enter__(self):
        self.is_ours = "S3_SERVER_STATE" not in os.environ
        state = os.environ.get("S3_SERVER_STATE") or tempfile.mkdtemp(prefix="s3-fixtures-")
        self.command = [SERVER, "--state", state]
        up = [*self.command, "up", "--backend", "radosgw"]
        lines = subprocess.run(up, check=True, stdout=subprocess.PIPE, text=True).stdout.split("\n")
        pairs = [line.split("=", 1) for line in lines if "=" in line]
        self.values = {name: "".join(shlex.split(value)) for name, value in pairs}
        self.endpoint = self.values["S3_ENDPOINT"]
        host, port = self.endpoint.removeprefix("http://").split(":")
        keys = self.values["S3_ACCESS_KEY_ID"], self.values["S3_SECRET_ACCESS_KEY"]
        self.client = S3Client(host, int(port), *keys)
        self.numbers = itertools.count(time.time_ns() // 1000)
        return self

    def __exit__(self, *_):
        if self.is_ours:
            subprocess.run([*self.command, "down"], check=False)

    def settings(self, _):
        self.bucket = f"fixture-{next(self.numbers)}"
        self.client.create_bucket(self.bucket)
        return {
            "bucket": self.bucket,
            "region": "us-east-1",
            "endpointUrl": self.endpoint,
            "key": KEY,
        }

    @property
    def renamed(self):
        return [(self.endpoint, "http://rgw.example:7480"), (self.bucket, "team")]

    def source(self, _):
        version = subprocess.run(["radosgw", "--version"], capture_output=True, text=True).stdout
        today = datetime.datetime.now(datetime.timezone.utc).date()
        return f"Recorded from radosgw {version.split()[2]} on {today}; hosts and buckets renamed."

    def check_all_asked(self, _):
        """A real server answers whatever it is asked."""

    def put(self, text, headers=None):
        body = text if isinstance(text, str) else json.dumps(text)
        self.client.put(self.bucket, KEY, body.encode(), headers)


def first_upload(session, _):
    """The first upload into an empty bucket, and how the store takes to conditions."""
    device = session.device()
    device.edit(production="sonnet")
    device.sync()


def no_change(session, _):
    """Nothing changed since the last sync: 304 to If-None-Match."""
    device = session.device()
    device.edit(production="sonnet")
    device.sync()
    device.sync()


def remote_newer(session, _):
    """Another machine uploaded an edit: 200 to If-None-Match, a newer object."""
    device = session.device()
    device.edit(production="sonnet")
    device.sync()
    other = session.device("heron")
    other.sync(recorded=False)
    other.edit(production="opus")
    other.sync(recorded=False)
    device.sync()


def local_newer(session, _):
    """An edit here: one PUT with If-Match, without reading first."""
    device = session.device()
    device.edit(production="sonnet")
    device.sync()
    device.edit(production="opus")
    device.sync()


def precondition_failed(session, _):
    """Both machines edited, in different profiles: 412 to If-Match, then a merge."""
    device = session.device()
    device.edit(production="sonnet", home="haiku")
    device.sync()
    other = session.device("heron")
    other.sync(recorded=False)
    other.edit(production="opus", home="haiku")
    other.sync(recorded=False)
    device.edit(production="sonnet", home="opus")
    device.sync()


def conflict(session, _):
    """Both machines edited the same field: 412, and nobody to ask."""
    device = session.device()
    device.edit(production="sonnet")
    device.sync()
    other = session.device("heron")
    other.sync(recorded=False)
    other.edit(production="opus")
    other.sync(recorded=False)
    device.edit(production="haiku")
    device.sync()


def missing_key(session, store):
    """Somebody deleted the object after the last sync: 404 NoSuchKey."""
    device = session.device()
    device.edit(production="sonnet")
    device.sync()
    store.client.delete(store.bucket, KEY)
    device.sync()


def missing_bucket(session, store):
    """There is no such bucket: 404 NoSuchBucket."""
    device = session.device(bucket=store.bucket + "-not-there")
    device.edit(production="sonnet")
    device.sync()


def denied(session, store):
    """Somebody else's bucket: 403 AccessDenied, which may also mean that the object is missing."""
    device = session.device(
        accessKeyId=store.values["S3_SECOND_ACCESS_KEY_ID"],
        secretAccessKey=store.values["S3_SECOND_SECRET_ACCESS_KEY"],
    )
    device.edit(production="sonnet")
    device.sync()


def wrong_secret(session, _):
    """The secret access key is another one: 403 SignatureDoesNotMatch."""
    device = session.device(secretAccessKey="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEX")
    device.edit(production="sonnet")
    device.sync()


def unknown_key_id(session, _):
    """Nobody has this access key id: 403 InvalidAccessKeyId."""
    device = session.device(accessKeyId="AKIAI44QH8DHBEXAMPLE")
    device.edit(production="sonnet")
    device.sync()


def skewed_clock(session, _):
    """This clock is a day behind: 403 RequestTimeTooSkewed, then signed by the server's clock."""
    device = session.device()
    device.edit(production="sonnet")
    device.clock_offset_s = -24 * 3600
    device.sync()


def empty_object(session, store):
    """The remote copy is {}, as another writer of this format once left it."""
    store.put({})
    device = session.device()
    device.edit(production="sonnet")
    device.sync()


def damaged_object(session, store):
    """The remote copy ends in the middle: stored so, and delivered as stored."""
    store.put('{"configs": [{"name": "production", "mod')
    device = session.device()
    device.edit(production="sonnet")
    device.sync()


def embedded_s3_sync(session, store):
    """The remote copy holds somebody's settings.s3Sync; the next upload leaves it out."""
    remote = document(production="sonnet")
    remote["settings"] = {"s3Sync": {"bucket": "team", "secretAccessKey": "of-somebody-else"}}
    store.put(remote)
    device = session.device()
    device.sync()
    device.edit(production="opus")
    device.sync()


def metadata_missing(session, store):
    """The remote copy came from another tool, without any metadata."""
    store.put(document(production="sonnet"))
    session.device().sync()


def metadata_strange(session, store):
    """The remote copy's metadata make no sense; they are advice, so they are dropped."""
    names = {
        "local-modified": "yesterday",
        "upload-timestamp": "99999999999999999999",
        "config-version": "three",
        "content-sha256": "none",
        "clock": ",;,",
        "writer": "=?UTF-8?Q?l=C3=A4rche?=",
    }
    headers = {f"x-amz-meta-{name}": value for name, value in names.items()}
    store.put(document(production="sonnet"), headers)
    session.device().sync()


def key_with_spaces(session, _):
    """A key with spaces, a plus, signs of queries and Unicode: encoded once, and found again."""
    device = session.device(key="my configs/a+b & c=d/größe 東京~(1).json")
    device.edit(production="sonnet")
    device.sync()
    device.sync()


SCENARIOS = [
    ("ceph", scenario)
    for scenario in (
        first_upload,
        no_change,
        remote_newer,
        local_newer,
        precondition_failed,
        conflict,
        missing_key,
        missing_bucket,
        denied,
        wrong_secret,
        unknown_key_id,
        skewed_clock,
        empty_object,
        damaged_object,
        embedded_s3_sync,
        metadata_missing,
        metadata_strange,
        key_with_spaces,
    )
]
