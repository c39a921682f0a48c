"""Where secrets are looked for: a server, services that hand out credentials, machines, and a way
to set each machine up with each kind of credentials."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import urllib.error
import urllib.request

from balance.process import Lines
from balance.upstream import Upstream

from .aws_services import AwsServices
from .servers import S3Serve

KEY_ID, SECRET = S3Serve.access_key_id, S3Serve.secret_access_key
BASE_SECRET = "the-key-of-the-source-profile-0123456789"
WEB_TOKEN = "the-web-identity-token-that-nobody-may-see"
CONTAINER_TOKEN = "the-container-token-that-nobody-may-see"
CONTAINER_PATH = "/container/0f1e2d3c-the-path-that-nobody-may-see"
ARGUMENT = "the-argument-that-nobody-may-see"
API_KEYS = ["sk-ant-aaaaaaaaaaaa-1111", "sk-ant-bbbbbbbbbbbb-2222", "sk-ant-cccccccccccc-3333"]
# Shown to a service, never stored and never printed.
TOKENS = [AwsServices.session_token, AwsServices.instance_token, WEB_TOKEN, CONTAINER_TOKEN]
# Part of what is said to a service or to a program, and of nothing else.
PARTS = [CONTAINER_PATH, ARGUMENT]
PATIENCE_S = 60


class Scene:
    """A scratch folder; all of it is gone when the test case ends."""

    def __init__(self, case, binary):
        scratch = tempfile.TemporaryDirectory()
        case.addCleanup(scratch.cleanup)
        self.binary, self.root = str(binary), pathlib.Path(scratch.name)
        self.server = S3Serve(self.binary, self.root / "serve")
        case.addCleanup(self.server.stop)
        self.endpoint = f"http://127.0.0.1:{self.server.port}"
        self.services = AwsServices(KEY_ID, SECRET)
        case.addCleanup(self.services.stop)
        self.api = Upstream()
        case.addCleanup(self.api.close)
        self.secret_file = self.private_file("secret", SECRET)
        self.variables = {"AWS_EC2_METADATA_DISABLED": "true"}

    def private_file(self, name, text):
        path = self.root / name
        path.write_text(text)
        path.chmod(0o600)
        return path

    def home(self, machine):
        path = self.root / machine
        path.mkdir(exist_ok=True)
        return path

    def config(self, machine):
        return self.home(machine) / ".start-claude" / "config.json"

    def environment(self, machine):
        return {"HOME": str(self.home(machine)), "PATH": os.environ["PATH"],
                "START_CLAUDE_HOST": machine, **self.variables}

    def save(self, machine, api_key):
        """Other profiles, the settings stay."""
        path = self.config(machine)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        known = json.loads(path.read_text()) if path.exists() else {}
        profile = {"name": "production", "baseUrl": self.api.url, "apiKey": api_key,
                   "env": {"MY_TOKEN": api_key + "-token", "PLAIN": "shown"}}
        path.write_text(json.dumps({**known, "configs": [profile]}))
        path.chmod(0o600)

    def setup_arguments(self, *more):
        return ("s3-setup", "-v", "--no-input", "--service", "custom", "--bucket", "cfg",
                "--create-bucket", "--region", "us-east-1", "--endpoint", self.endpoint, *more)

    # ---- where credentials come from: each takes a machine, and returns flags for s3-setup ----

    def stored_key(self, _):
        return ("--access-key-id", KEY_ID, "--secret-access-key-file", str(self.secret_file))

    def of_environment(self, _):
        self.variables |= {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET}
        return ("--credentials", "env")

    def of_profile(self, machine):
        self._aws_file(machine, "credentials", f"[keys]\naws_access_key_id = {KEY_ID}\n"
                                               f"aws_secret_access_key = {SECRET}\n")
        return ("--credentials", "profile:keys")

    def of_program(self, machine):
        answer = json.dumps({"Version": 1, "AccessKeyId": KEY_ID, "SecretAccessKey": SECRET})
        tool = self.private_file("tool", f"#!/bin/sh\necho '{answer}'\n")
        tool.chmod(0o700)
        self._aws_file(machine, "config",
                       f"[profile tool]\ncredential_process = {tool} {ARGUMENT}\n")
        return ("--credentials", "profile:tool")

    def of_role(self, machine):
        self._use_services(AWS_ENDPOINT_URL_STS=self.services.url)
        self._aws_file(machine, "config",
                       "[profile role]\nrole_arn = arn:role\nsource_profile = base\n")
        self._aws_file(machine, "credentials", "[base]\naws_access_key_id = AKIABASE\n"
                                               f"aws_secret_access_key = {BASE_SECRET}\n")
        return ("--credentials", "profile:role")

    def of_web_identity(self, _):
        token = self.private_file("web-token", WEB_TOKEN + "\n")
        self._use_services(AWS_ENDPOINT_URL_STS=self.services.url, AWS_ROLE_ARN="arn:role",
                           AWS_WEB_IDENTITY_TOKEN_FILE=str(token))
        return ()

    def of_container(self, _):
        self._use_services(AWS_CONTAINER_CREDENTIALS_FULL_URI=self.services.url + CONTAINER_PATH,
                           AWS_CONTAINER_AUTHORIZATION_TOKEN=CONTAINER_TOKEN)
        return ()

    def of_instance(self, _):
        del self.variables["AWS_EC2_METADATA_DISABLED"]
        self._use_services(AWS_EC2_METADATA_SERVICE_ENDPOINT=self.services.url)
        return ()

    SOURCES = (stored_key, of_environment, of_profile, of_program, of_role, of_web_identity,
               of_container, of_instance)

    def _use_services(self, **variables):
        """Session tokens are known to that server alone."""
        self.endpoint = self.services.url
        self.variables |= variables

    def _aws_file(self, machine, name, text):
        folder = self.home(machine) / ".aws"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text)


class Running:
    """A command that runs on and on. `command` is what to start; its output is kept."""

    def __init__(self, command, environment):
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines = Lines(self.process.stdout)

    def wait_for(self, pattern):
        """The match of the first line that has it."""
        with self.lines.changed:
            def found():
                matches = (re.search(pattern, line) for line in self.lines.lines)
                return next((match for match in matches if match), None)

            self.lines.changed.wait_for(lambda: found() or self.lines.has_ended, PATIENCE_S)
            if not found():
                raise AssertionError(f"no {pattern!r} in {self.lines.lines}")
            return found()

    def end(self, how):
        """Ends it by calling `how`; all that it said."""
        how()
        self.process.wait(PATIENCE_S)
        self.lines.reader.join(PATIENCE_S)
        self.process.stdout.close()
        return self.lines.text()


def use_watch(running):
    """Until what was changed before its start is uploaded."""
    running.wait_for(r"Uploaded|Merged and uploaded")


def use_manager(running):
    """As its page does: everything that it shows, and a sync."""
    place = running.wait_for(r"(http://[^/\s]+)/\?token=(\w+)")
    url, bearer = place.group(1), {"Authorization": "Bearer " + place.group(2)}

    def ask(path, method="GET", body=None):
        headers = {**bearer, "Content-Type": "application/json"} if body else bearer
        request = urllib.request.Request(url + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            return error.read()

    for path in ("/", "/api/health", "/api/configs", "/api/settings", "/api/sync"):
        ask(path)
    ask("/api/sync", "POST", b"{}")


def use_balance(running):
    """One request through it."""
    url = running.wait_for(r"ANTHROPIC_BASE_URL=(\S+)").group(1)
    token = running.wait_for(r"ANTHROPIC_AUTH_TOKEN=(\S+)").group(1)
    request = urllib.request.Request(url + "/v1/messages", b'{"model":"x"}',
                                     {"Authorization": "Bearer " + token}, method="POST")
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        answer.read()


LASTING = ((("watch", "-v"), use_watch),
           (("manager", "-v", "--no-open", "--port", "0"), use_manager),
           (("balance", "-v", "--auto", "--port", "0"), use_balance))
