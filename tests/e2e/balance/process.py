"""A machine with a config.json, and `start-claude balance` running on it."""

import json
import os
import signal
import subprocess
import tempfile
import threading

from .upstream import PATIENCE

NO_HEALTH_CHECKS = {"healthCheck": {"enabled": False}}


def profile(name, upstream, **more):
    url = upstream if isinstance(upstream, str) else upstream.url
    return {"name": name, "baseUrl": url, "apiKey": f"sk-{name}-0123456789abcdef", **more}


def key_of(name):
    return f"sk-{name}-0123456789abcdef"


class Lines:
    """What a stream says, line by line; can be waited for."""

    def __init__(self, stream):
        self.lines = []
        self.changed = threading.Condition()
        self.has_ended = False
        self.reader = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self.reader.start()

    def _read(self, stream):
        for line in stream:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.has_ended = True
            self.changed.notify_all()

    def wait_for(self, part, count=1):
        """The count-th line with that part."""

        def found():
            return [line for line in self.lines if part in line]

        with self.changed:
            self.changed.wait_for(lambda: len(found()) >= count or self.has_ended, PATIENCE)
            if len(found()) < count:
                raise AssertionError(f"no {part!r} in {self.lines}")
            return found()[count - 1]

    def text(self):
        with self.changed:
            return "\n".join(self.lines)


class Machine:
    def __init__(self, binary):
        self.binary = binary
        self.folder = tempfile.TemporaryDirectory(prefix="balance-")
        self.home = self.folder.name
        self.config = os.path.join(self.home, "config.json")
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": self.home,
            "START_CLAUDE_HOME": self.home,
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
        }
        self.running = []

    def write(self, profiles, balance_mode=None, **settings):
        mode = {**NO_HEALTH_CHECKS, **(balance_mode or {})}
        document = {"configs": profiles, "settings": {"balanceMode": mode, **settings}}
        self.write_text(json.dumps(document, indent=2))

    def write_text(self, text):
        with open(self.config + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(self.config + ".new", self.config)

    def run(self, *arguments, **more):
        return subprocess.run(
            [self.binary, *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            **more,
        )

    def balance(self, *arguments):
        process = Balance(self, arguments)
        self.running.append(process)
        return process

    def close(self):
        for process in self.running:
            process.stop()
        self.folder.cleanup()


class Balance:
    """Serving once this is made."""

    def __init__(self, machine, arguments):
        self.machine = machine
        command = [machine.binary, "balance", *arguments]
        if "--port" not in arguments:
            command[2:2] = ["--port", "0"]
        self.process = subprocess.Popen(
            command,
            env=machine.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.out = Lines(self.process.stdout)
        self.err = Lines(self.process.stderr)
        self.url = self.out.wait_for("export ANTHROPIC_BASE_URL=").split("=", 1)[1]
        self.token = self.out.wait_for("export ANTHROPIC_AUTH_TOKEN=").split("=", 1)[1]
        self.port = int(self.url.rsplit(":", 1)[1])

    def curl_command(self, *arguments, path="/v1/messages", token=None):
        return [
            "curl",
            "-sS",
            "--max-time",
            "60",
            "-H",
            f"x-api-key: {self.token if token is None else token}",
            *arguments,
            self.url + path,
        ]

    def curl(self, *arguments, **more):
        return subprocess.run(
            self.curl_command(*arguments, **more), capture_output=True, text=True, check=False
        )

    def post(self, body='{"model":"theirs"}'):
        """(status, body) of one message."""
        done = self.curl("-w", "\n%{http_code}", "-d", body)
        text, _, code = done.stdout.rpartition("\n")
        return int(code), text

    def key_used(self):
        """Whose key an upstream that answers `ok` has seen."""
        code, text = self.post()
        if code != 200:
            raise AssertionError(f"{code}: {text}")
        return json.loads(text)["key"]

    def status(self):
        return json.loads(self.curl(path="/__status").stdout)

    def endpoint(self, name):
        return next(one for one in self.status()["endpoints"] if one["name"] == name)

    def stop(self, by=signal.SIGTERM):
        """The exit status."""
        if self.process.poll() is None:
            self.process.send_signal(by)
        status = self.process.wait(PATIENCE)
        self.out.reader.join(PATIENCE)
        self.err.reader.join(PATIENCE)
        self.process.stdout.close()
        self.process.stderr.close()
        return status
