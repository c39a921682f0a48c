#!/usr/bin/env python3
"""Each place that credentials come from, through the real binary: it works, and shows no secret.

    tests/e2e/credentials_test.py --binary build/debug/start-claude
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness.aws_services import AwsServices  # noqa: E402
from harness.servers import S3Serve  # noqa: E402

BINARY = None
KEY_ID = S3Serve.access_key_id
SECRET = S3Serve.secret_access_key
WEB_TOKEN = "the-web-identity-token-that-nobody-may-see"
CONTAINER_TOKEN = "the-container-token-that-nobody-may-see"
CONTAINER_PATH = "/container/0f1e2d3c-the-path-that-nobody-may-see"
ARGUMENT = "the-argument-that-nobody-may-see"
COMPLAINT = "the-complaint-that-nobody-may-see"
SECRETS = [SECRET, WEB_TOKEN, CONTAINER_TOKEN, CONTAINER_PATH, ARGUMENT, COMPLAINT,
           AwsServices.session_token, AwsServices.instance_token]


class Credentials(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.root = pathlib.Path(self.scratch.name)
        self.home = self.root / "lark"
        (self.home / ".aws").mkdir(parents=True)
        self.server = S3Serve(BINARY, self.root / "serve")
        self.addCleanup(self.server.stop)
        self.endpoint = f"http://127.0.0.1:{self.server.port}"
        self.services = AwsServices(KEY_ID, SECRET)
        self.addCleanup(self.services.stop)
        self.variables = {"AWS_EC2_METADATA_DISABLED": "true"}
        (self.home / ".start-claude").mkdir(mode=0o700)
        self.config = self.home / ".start-claude" / "config.json"
        self.config.write_text(json.dumps({"configs": [{"name": "production"}]}))
        self.config.chmod(0o600)

    def run_command(self, *arguments, expect=0):
        """stdout and stderr; whatever happens, no secret is among it."""
        done = subprocess.run(
            [str(BINARY), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=60, env={"HOME": str(self.home), "PATH": os.environ["PATH"],
                             "START_CLAUDE_HOST": "lark", **self.variables})
        text = done.stdout + done.stderr
        self.assertEqual(done.returncode, expect, (arguments, text))
        for secret in SECRETS:
            self.assertNotIn(secret, text, arguments)
        return text

    def set_up(self, *more, expect=0):
        return self.run_command("s3-setup", "-v", "--no-input", "--service", "custom", "--bucket",
                                "cfg", "--create-bucket", "--region", "us-east-1", "--endpoint",
                                self.endpoint, *more, expect=expect)

    def aws_file(self, name, text):
        (self.home / ".aws" / name).write_text(text)

    def program(self, script):
        path = self.root / "my tool"
        path.write_text("#!/bin/sh\n" + script)
        path.chmod(0o755)
        return path

    def check_everything(self, source):
        """Every way to look, with these credentials; `source` is what s3-status says of them."""
        self.run_command("s3-sync", "-v")
        self.assertIn(f"AKIA****MPLE, from {source}", self.run_command("s3-status", "-v"))
        shown = json.loads(self.run_command("s3-status", "--json"))["credentials"]
        self.assertEqual(shown["key_id"], "AKIA****MPLE")
        self.assertEqual(shown["source"], source)
        recording = self.root / "run.http"
        self.run_command("s3-sync", "-v", "--record", str(recording))
        text = recording.read_text()
        self.assertIn("> GET http://127.0.0.1", text)
        for secret in [*SECRETS, "Signature=0"]:
            self.assertNotIn(secret, text)
        stored = self.config.read_text()
        for secret in [*SECRETS, KEY_ID]:
            self.assertNotIn(secret, stored)

    def check_trace(self, method, rest):
        """With -v each request for credentials has a line; without, none."""
        line = f"{method} {self.services.url.removeprefix('http://')}{rest}"
        self.assertIn(line, self.run_command("s3-status", "-v"))
        self.assertNotIn(line, self.run_command("s3-status"))

    def test_environment(self):
        self.variables |= {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET}
        self.set_up("--credentials", "env")
        self.check_everything("AWS_ACCESS_KEY_ID")
        del self.variables["AWS_ACCESS_KEY_ID"]
        self.assertIn("AWS_SECRET_ACCESS_KEY is set and AWS_ACCESS_KEY_ID is not",
                      self.run_command("s3-sync", expect=3))
        del self.variables["AWS_SECRET_ACCESS_KEY"]
        self.assertIn("no S3 credentials in the environment", self.run_command("s3-sync", expect=3))

    def test_profile(self):
        self.aws_file("credentials", f"[team]\naws_access_key_id = {KEY_ID}\n"
                                     f"aws_secret_access_key = {SECRET}\n")
        self.set_up("--credentials", "profile:team")
        self.check_everything("profile team in ~/.aws/credentials")
        self.assertIn("there is no profile other",
                      self.set_up("--credentials", "profile:other", expect=3))
        self.aws_file("credentials", f"[team]\n{SECRET}\n")
        self.assertIn("~/.aws/credentials: line 2 is not NAME = VALUE",
                      self.run_command("s3-sync", expect=3))

    def test_region_and_endpoint_of_a_profile(self):
        self.aws_file("credentials", f"[team]\naws_access_key_id = {KEY_ID}\n"
                                     f"aws_secret_access_key = {SECRET}\n")
        self.set_up("--credentials", "profile:team")
        document = json.loads(self.config.read_text())
        for member in ("endpointUrl", "region"):
            del document["settings"]["s3Sync"][member]
        self.config.write_text(json.dumps(document))
        self.aws_file("config", "[profile team]\nregion = eu-west-7\nservices = lan\n"
                                f"[services lan]\ns3 =\n  endpoint_url = {self.endpoint}\n")
        text = self.run_command("s3-status")
        self.assertIn("(eu-west-7)", text)
        self.assertIn(self.endpoint, text)

    def test_program(self):
        answer = json.dumps({"Version": 1, "AccessKeyId": KEY_ID, "SecretAccessKey": SECRET})
        tool = self.program(f"[ \"$1\" = '{ARGUMENT}' ] || exit 1\necho '{answer}'\n")
        self.aws_file("config", f"[profile team]\ncredential_process = '{tool}' \"{ARGUMENT}\"\n")
        self.set_up("--credentials", "profile:team")
        self.check_everything("credential_process of profile team")
        self.program(f"echo '{COMPLAINT}' >&2; echo '{answer}'; exit 9\n")
        self.assertIn("(" + str(tool) + ") failed with exit code 9",
                      self.run_command("s3-sync", "-v", expect=4))
        self.program(f"echo '{COMPLAINT}'\n")
        self.assertIn("prints is not a JSON object", self.run_command("s3-sync", "-v", expect=3))
        tool.unlink()
        self.assertIn("cannot be run: No such file", self.run_command("s3-sync", "-v", expect=3))

    def test_role(self):
        self.variables["AWS_ENDPOINT_URL_STS"] = self.endpoint = self.services.url
        self.aws_file("credentials", "[base]\naws_access_key_id = AKIABASE\n"
                                     f"aws_secret_access_key = {ARGUMENT}\n")
        self.aws_file("config", "[profile team]\nrole_arn = arn:aws:iam::1:role/team\n"
                                "source_profile = base\n")
        self.set_up("--credentials", "profile:team")
        self.check_everything("role arn:aws:iam::1:role/team of profile team")
        self.assertIn("RoleSessionName=start-claude-", self.services.requests[0][3])
        self.check_trace("POST", "/  200")
        # The server repeats what it was sent.
        self.aws_file("config", "[profile team]\nrole_arn = refused\nsource_profile = base\n")
        recording = self.root / "refused.http"
        self.assertIn("cannot be assumed (403 AccessDenied)",
                      self.run_command("s3-sync", "-v", "--record", str(recording), expect=4))
        self.assertIn("<Code>AccessDenied</Code>", recording.read_text())
        self.assertNotIn("RoleArn", recording.read_text())

    def test_web_identity(self):
        self.set_up_chain()
        token = self.root / "token"
        token.write_text(WEB_TOKEN + "\n")
        self.variables |= {"AWS_ENDPOINT_URL_STS": self.services.url,
                           "AWS_WEB_IDENTITY_TOKEN_FILE": str(token), "AWS_ROLE_ARN": "arn:role"}
        self.check_everything("role arn:role through AWS_WEB_IDENTITY_TOKEN_FILE")
        self.assertIn("WebIdentityToken=" + WEB_TOKEN, self.services.requests[0][3])
        self.variables["AWS_ROLE_ARN"] = "refused"
        self.assertIn("cannot be assumed (403 AccessDenied)",
                      self.run_command("s3-sync", "-v", expect=4))

    def test_container(self):
        self.set_up_chain()
        self.variables |= {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": self.services.url + CONTAINER_PATH,
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": CONTAINER_TOKEN}
        self.check_everything("the container (AWS_CONTAINER_CREDENTIALS_FULL_URI)")
        self.assertEqual(self.services.requests[0][2]["authorization"], CONTAINER_TOKEN)
        self.check_trace("GET", "/...  200")
        self.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://credentials.example/x"
        self.assertIn("is plain http to credentials.example",
                      self.run_command("s3-sync", "-v", expect=3))

    def test_instance(self):
        self.set_up_chain()
        self.variables = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": self.services.url}
        self.check_everything("the role team-role of this EC2 instance")
        self.check_trace("PUT", "/latest/api/token  200")
        self.check_trace("GET", "/latest/meta-data/iam/security-credentials/team-role  200")

    def test_nothing(self):
        self.set_up_chain()
        text = self.run_command("s3-sync", expect=3)
        for place in ("AWS_ACCESS_KEY_ID", "~/.aws/config", "AWS_WEB_IDENTITY_TOKEN_FILE",
                      "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_EC2_METADATA_DISABLED"):
            self.assertIn(place, text)

    def test_offline_asks_nobody(self):
        self.set_up_chain()
        self.variables = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": self.services.url}
        self.assertIn("AWS credentials (not looked up)",
                      self.run_command("s3-status", "--offline"))
        self.assertEqual(self.services.requests, [])

    def set_up_chain(self):
        """Settings without a key of their own: whatever this machine has."""
        self.config.write_text(json.dumps({
            "configs": [{"name": "production"}],
            "settings": {"s3Sync": {"bucket": "cfg", "region": "us-east-1",
                                    "endpointUrl": self.services.url}}}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    known, rest = parser.parse_known_args()
    BINARY = known.binary.resolve()
    unittest.main(argv=[sys.argv[0], *rest])
