#!/usr/bin/env python3
"""Keys that may only read, only write, or not list, by real bucket policies on a real server.

    tests/e2e/permissions_test.py --binary build/debug/start-claude --environment FILE

Exit code 77 where it is not one whose policies this knows (Ceph's).
"""
import argparse
import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness.s3_client import S3Client  # noqa: E402
from harness.servers import RealServer, ServerUnavailable  # noqa: E402
from harness.watching import KEY, Bucket, Home  # noqa: E402

BINARY = SERVER = None
SKIPPED = 77
REFUSED = "this key may read the remote copy but not write it"


class SecondUser:
    """The server as somebody sees it who owns nothing there."""

    def __init__(self, server):
        self.access_key_id = server.values["S3_SECOND_ACCESS_KEY_ID"]
        self.secret_access_key = server.values["S3_SECOND_SECRET_ACCESS_KEY"]


class Permissions(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name)
        self.bucket = Bucket(SERVER)
        self.addCleanup(self.bucket.close)
        self.owner = S3Client("127.0.0.1", SERVER.port, SERVER.access_key_id,
                              SERVER.secret_access_key)

    def allow(self, *actions, denied=(), beside=False):
        """What the second user may do with the one object (`beside`: and with those whose names
        begin like its), and may not though it owns what it writes; to the bucket's owner it stays
        open."""
        rules = [("Allow", "second", actions), ("Deny", "second", denied),
                 ("Allow", "main", ("GetObject", "PutObject"))]
        self.owner.put_policy(self.bucket.name, {"Version": "2012-10-17", "Statement": [
            {"Effect": effect, "Principal": {"AWS": [f"arn:aws:iam:::user/{user}"]},
             "Action": [f"s3:{action}" for action in what],
             "Resource": f"arn:aws:s3:::{self.bucket.name}/{KEY}{'*' if beside else ''}"}
            for effect, user, what in rules if what]})

    def home(self, name, configs=(), expect=0):
        """A machine with the second user's key."""
        self.bucket.server, server = SecondUser(SERVER), self.bucket.server
        self.addCleanup(setattr, self.bucket, "server", server)
        folder = self.root / name / ".start-claude"
        folder.mkdir(parents=True, mode=0o700)
        self.save(folder / "config.json", configs)
        return Home(BINARY, self.root, name, self.bucket, expect=expect)

    @staticmethod
    def save(path, configs):
        known = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps({**known, "configs": [
            {"name": name, "model": model} for name, model in configs]}))
        path.chmod(0o600)

    def edit(self, home, *configs):
        self.save(pathlib.Path(home.config), configs)

    def models(self, home):
        return {each["name"]: each["model"] for each in home.document()["configs"]}

    def put(self, **models):
        configs = [{"name": name, "model": model} for name, model in models.items()]
        self.owner.put(self.bucket.name, KEY, json.dumps({"configs": configs}).encode())

    def test_only_reading(self):
        self.put(production="m1")
        self.allow("GetObject")
        lark = self.home("lark")
        self.assertEqual(self.models(lark), {"production": "m1"})
        self.edit(lark, ("production", "m1"), ("staging", "s1"))
        said = lark.run("s3-sync", expect=4)
        self.assertEqual(said.count("\n"), 2, said)
        self.assertIn("not allowed to write s3://", said)
        self.assertIn("edits made here stay here", said)
        puts = self.bucket.puts
        self.assertEqual(puts, 1)
        # Not tried again, and what is new there comes.
        self.put(production="m2")
        said = lark.run("s3-sync", expect=4)
        self.assertIn("Merged into the local file", said)
        self.assertIn(REFUSED, said)
        self.assertEqual(self.models(lark), {"production": "m2", "staging": "s1"})
        self.assertEqual(self.bucket.puts, puts)
        self.assertIn("denied to this key", lark.run("s3-status"))
        # Until somebody asks for it.
        said = lark.run("s3-upload", expect=4)
        self.assertIn("not allowed to write s3://", said)
        self.assertIn("nothing was uploaded", said)
        self.allow("GetObject", "PutObject")
        lark.run("s3-upload")
        self.assertEqual(self.bucket.document()["configs"][1]["name"], "staging")
        self.edit(lark, ("production", "m3"))
        lark.run("s3-sync")
        self.assertEqual(self.bucket.document()["configs"][0]["model"], "m3")

    def test_only_reading_by_choice(self):
        self.put(production="m1")
        self.allow("GetObject")
        lark = self.home("lark")
        lark.run("s3-setup", "--no-input", "--read-only")
        self.edit(lark, ("production", "m1"), ("staging", "s1"))
        self.assertIn("edits made here stay here (read-only)", lark.run("s3-sync"))
        self.assertEqual(self.bucket.puts, 0)

    def test_only_writing(self):
        self.allow("PutObject", denied=["GetObject"], beside=True)
        lark = self.home("lark", [("production", "m1")])
        self.assertIn("this key may write the remote copy but not read it", lark.setup_output)
        self.assertEqual(self.bucket.document()["configs"][0]["model"], "m1")
        self.assertIn("not allowed to read s3://", lark.run("s3-sync", expect=4))
        # Nobody knows what it would replace.
        heron = self.home("heron", [("production", "m2")], expect=4)
        self.assertIn("not allowed to read s3://", heron.setup_output)
        self.assertEqual(self.bucket.document()["configs"][0]["model"], "m1")

    def test_not_listing(self):
        """A missing object looks forbidden: the first upload finds out, by a condition that it
        tries out beside the object, or it does not write at all."""
        self.allow("GetObject", "PutObject")
        wren = self.home("wren", [("production", "m0")], expect=4)
        self.assertIn("not allowed to read s3://", wren.setup_output)
        self.allow("GetObject", "PutObject", beside=True)
        lark = self.home("lark", [("production", "m1")])
        self.assertIn("whether something is stored there the key may not see", lark.setup_output)
        self.assertEqual(self.bucket.document()["configs"][0]["model"], "m1")
        heron = self.home("heron")
        self.assertEqual(self.models(heron), {"production": "m1"})
        self.edit(heron, ("production", "m2"))
        heron.run("s3-sync")
        lark.run("s3-sync")
        self.assertEqual(self.models(lark), {"production": "m2"})


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("--environment", required=True)
    known, rest = parser.parse_known_args()
    BINARY = known.binary.resolve()
    try:
        SERVER = RealServer(known.environment)
    except ServerUnavailable as error:
        sys.exit(str(error))
    if SERVER.values["S3_SERVER_BACKEND"] != "radosgw":
        print("SKIPPED: only Ceph's way to name a user in a policy is known here", file=sys.stderr)
        sys.exit(SKIPPED)
    unittest.main(argv=[sys.argv[0], *rest])
