#!/usr/bin/env python3
"""Each place that credentials come from, through the real binary: it works, and shows no secret.

    tests/e2e/credentials_test.py --binary build/debug/start-claude
"""
import argparse
import json
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import scene as at  # noqa: E402

BINARY = None
COMPLAINT = "the-complaint-that-nobody-may-see"
SECRETS = [at.SECRET, at.BASE_SECRET, *at.TOKENS, *at.PARTS, COMPLAINT]


class Credentials(unittest.TestCase):
    def setUp(self):
        self.scene = at.Scene(self, BINARY)
        self.services, self.variables = self.scene.services, self.scene.variables
        self.config = self.scene.config("lark")
        self.scene.save("lark", at.API_KEYS[0])

    def run_command(self, *arguments, expect=0):
        """stdout and stderr; whatever happens, no secret is among it."""
        done = subprocess.run([str(BINARY), *arguments], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60,
                              env=self.scene.environment("lark"))
        text = done.stdout + done.stderr
        self.assertEqual(done.returncode, expect, (arguments, text))
        for secret in SECRETS:
            self.assertNotIn(secret, text, arguments)
        return text

    def set_up(self, *more, expect=0):
        return self.run_command(*self.scene.setup_arguments(*more), expect=expect)

    def set_up_with(self, source):
        """With credentials from there, one of Scene.SOURCES."""
        self.set_up(*source(self.scene, "lark"))

    def aws_file(self, name, text):
        self.scene.aws_file("lark", name, text)

    def program(self, script):
        path = self.scene.private_file("my tool", "#!/bin/sh\n" + script)
        path.chmod(0o700)
        return path

    def check_everything(self, source):
        """Every way to look, with these credentials; `source` is what s3-status says of them."""
        self.run_command("s3-sync", "-v")
        self.assertIn(f"AKIA****MPLE, from {source}", self.run_command("s3-status", "-v"))
        shown = json.loads(self.run_command("s3-status", "--json"))["credentials"]
        self.assertEqual(shown["key_id"], "AKIA****MPLE")
        self.assertEqual(shown["source"], source)
        recording = self.scene.root / "run.http"
        self.run_command("s3-sync", "-v", "--record", str(recording))
        text = recording.read_text()
        self.assertIn("> GET http://127.0.0.1", text)
        for secret in [*SECRETS, "Signature=0"]:
            self.assertNotIn(secret, text)
        stored = self.config.read_text()
        for secret in [*SECRETS, at.KEY_ID]:
            self.assertNotIn(secret, stored)

    def check_trace(self, method, rest):
        """With -v each request for credentials has a line; without, none."""
        line = f"{method} {self.services.url.removeprefix('http://')}{rest}"
        self.assertIn(line, self.run_command("s3-status", "-v"))
        self.assertNotIn(line, self.run_command("s3-status"))

    def test_environment(self):
        self.set_up_with(at.Scene.of_environment)
        self.check_everything("AWS_ACCESS_KEY_ID")
        del self.variables["AWS_ACCESS_KEY_ID"]
        self.assertIn("AWS_SECRET_ACCESS_KEY is set and AWS_ACCESS_KEY_ID is not",
                      self.run_command("s3-sync", expect=3))
        del self.variables["AWS_SECRET_ACCESS_KEY"]
        self.assertIn("no S3 credentials in the environment", self.run_command("s3-sync", expect=3))

    def test_profile(self):
        self.set_up_with(at.Scene.of_profile)
        self.check_everything("profile keys in ~/.aws/credentials")
        self.assertIn("there is no profile other",
                      self.set_up("--credentials", "profile:other", expect=3))
        self.aws_file("credentials", f"[keys]\n{at.SECRET}\n")
        self.assertIn("~/.aws/credentials: line 2 is not NAME = VALUE",
                      self.run_command("s3-sync", expect=3))

    def test_region_and_endpoint_of_a_profile(self):
        self.set_up_with(at.Scene.of_profile)
        document = json.loads(self.config.read_text())
        for member in ("endpointUrl", "region"):
            del document["settings"]["s3Sync"][member]
        self.config.write_text(json.dumps(document))
        self.aws_file("config", "[profile keys]\nregion = eu-west-7\nservices = lan\n"
                                f"[services lan]\ns3 =\n  endpoint_url = {self.scene.endpoint}\n")
        text = self.run_command("s3-status")
        self.assertIn("(eu-west-7)", text)
        self.assertIn(self.scene.endpoint, text)

    def test_program(self):
        answer = json.dumps({"Version": 1, "AccessKeyId": at.KEY_ID, "SecretAccessKey": at.SECRET})
        tool = self.program(f"[ \"$1\" = '{at.ARGUMENT}' ] || exit 1\necho '{answer}'\n")
        self.aws_file("config",
                      f"[profile team]\ncredential_process = '{tool}' \"{at.ARGUMENT}\"\n")
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
        self.set_up_with(at.Scene.of_role)
        self.check_everything("role arn:role of profile role")
        self.assertIn("RoleSessionName=start-claude-", self.services.requests[0][3])
        self.check_trace("POST", "/  200")
        # The server repeats what it was sent.
        self.aws_file("config", "[profile role]\nrole_arn = refused\nsource_profile = base\n")
        recording = self.scene.root / "refused.http"
        self.assertIn("cannot be assumed (403 AccessDenied)",
                      self.run_command("s3-sync", "-v", "--record", str(recording), expect=4))
        self.assertIn("<Code>AccessDenied</Code>", recording.read_text())
        self.assertNotIn("RoleArn", recording.read_text())

    def test_web_identity(self):
        self.set_up_with(at.Scene.of_web_identity)
        self.check_everything("role arn:role through AWS_WEB_IDENTITY_TOKEN_FILE")
        self.assertIn("WebIdentityToken=" + at.WEB_TOKEN, self.services.requests[0][3])
        self.variables["AWS_ROLE_ARN"] = "refused"
        self.assertIn("cannot be assumed (403 AccessDenied)",
                      self.run_command("s3-sync", "-v", expect=4))

    def test_container(self):
        self.set_up_with(at.Scene.of_container)
        self.check_everything("the container (AWS_CONTAINER_CREDENTIALS_FULL_URI)")
        self.assertEqual(self.services.requests[0][2]["authorization"], at.CONTAINER_TOKEN)
        self.check_trace("GET", "/...  200")
        self.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://credentials.example/x"
        self.assertIn("is plain http to credentials.example",
                      self.run_command("s3-sync", "-v", expect=3))

    def test_instance(self):
        self.set_up_with(at.Scene.of_instance)
        self.check_everything("the role team-role of this EC2 instance")
        self.check_trace("PUT", "/latest/api/token  200")
        self.check_trace("GET", "/latest/meta-data/iam/security-credentials/team-role  200")

    def test_nothing(self):
        self.set_up_with(at.Scene.of_container)
        for name in [name for name in self.variables if name.startswith("AWS_CONTAINER_")]:
            del self.variables[name]
        text = self.run_command("s3-sync", expect=3)
        for place in ("AWS_ACCESS_KEY_ID", "~/.aws/config", "AWS_WEB_IDENTITY_TOKEN_FILE",
                      "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_EC2_METADATA_DISABLED"):
            self.assertIn(place, text)

    def test_offline_asks_nobody(self):
        self.set_up_with(at.Scene.of_instance)
        self.services.requests.clear()
        self.assertIn("AWS credentials (not looked up)",
                      self.run_command("s3-status", "--offline"))
        self.assertEqual(self.services.requests, [])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    known, rest = parser.parse_known_args()
    BINARY = known.binary.resolve()
    unittest.main(argv=[sys.argv[0], *rest])
