#!/usr/bin/env python3
"""`start-claude manager` as a process: where it listens, whom it answers, and what it says as it opens.

    manager_test.py --binary PATH [unittest's arguments]

What its page does is tests/browser; bytes that nobody well-meaning sends are tests/browser/hostile_test.py.
"""

import http.client
import json
import os
import pty
import re
import select
import socket
import subprocess
import sys
import time
import unittest

from balance.process import PATIENCE, Lines, Machine, profile, take_binary
from harness.servers import S3Serve

BINARY = "start-claude"
API = os.path.join(os.path.dirname(__file__), "..", "..", "docs", "manager-api.md")
ENTRANCE = re.compile(r"(http://\S+):(\d+)/\?token=(\w{64})")


class Manager:
    """Serving once this is made."""

    def __init__(self, machine, *arguments):
        self.process = subprocess.Popen(
            [machine.binary, "manager", *arguments],
            env=machine.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.out, self.err = Lines(self.process.stdout), Lines(self.process.stderr)
        self.origin, port, self.token = ENTRANCE.search(self.out.wait_for("token=")).groups()
        self.port = int(port)
        self.opening = self.out.lines[0]

    def ask(self, method, path, token=None, content=None, **headers):
        """(status, body) of a request; an event stream's body is not waited for."""
        payload = b"" if content is None else json.dumps(content).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            names["Authorization"] = "Bearer " + token
        if payload:
            names.update({"Content-Type": "application/json", "Content-Length": len(payload)})
        connection.putrequest(method, path, skip_host="Host" in names)
        for name, value in names.items():
            connection.putheader(name, value)
        connection.endheaders(payload)
        answer = connection.getresponse()
        is_stream = answer.getheader("Content-Type") == "text/event-stream"
        body = "" if is_stream else answer.read().decode()
        connection.close()
        return answer.status, body

    def get(self, path):
        status, body = self.ask("GET", path, self.token)
        if status != 200:
            raise AssertionError(f"{status}: {body}")
        return json.loads(body)

    def stop(self):
        self.process.terminate()
        status = self.process.wait(PATIENCE)
        for lines in (self.out, self.err):
            lines.reader.join(PATIENCE)
        self.process.stdout.close()
        self.process.stderr.close()
        return status


class ManagerTest(unittest.TestCase):
    def machine(self, name="here"):
        machine = Machine(BINARY)
        machine.environment["START_CLAUDE_HOST"] = name
        self.addCleanup(machine.close)
        return machine

    def manager(self, machine, *arguments):
        manager = Manager(machine, *arguments)
        self.addCleanup(manager.stop)
        return manager

    def taken_ports(self, count):
        """The first of that many ports in a row, all taken until the test ends."""
        for first in range(20_000 + os.getpid() % 20_000, 65_000 - count, count):
            taken = []
            try:
                for port in range(first, first + count):
                    taken.append(socket.create_server(("127.0.0.1", port)))
            except OSError:
                for listener in taken:
                    listener.close()
                continue
            for listener in taken:
                self.addCleanup(listener.close)
            return first, taken
        raise AssertionError("no free ports")


class Listening(ManagerTest):
    def test_a_taken_port_is_passed_over_for_one_of_the_ten_after_it(self):
        first, taken = self.taken_ports(11)
        done = self.machine().run("manager", "--no-open", "--port", str(first))
        self.assertEqual(done.returncode, 5)
        self.assertIn(f"cannot listen on 127.0.0.1, port {first} to {first + 10}", done.stderr)
        self.assertIn("choose one with --port", done.stderr)
        taken[10].close()
        manager = self.manager(self.machine(), "--no-open", "--port", str(first))
        self.assertEqual(manager.port, first + 10)
        self.assertEqual(manager.get("/api/health")["status"], "ok")

    def test_others_are_let_in_only_when_that_was_asked_for(self):
        for host in ("0.0.0.0", "::", "192.0.2.1", "name.example"):
            done = self.machine().run("manager", "--no-open", "--port", "0", "--host", host)
            self.assertEqual(done.returncode, 2, host)
            self.assertIn(f"listens on this machine only, not on {host}", done.stderr)
            self.assertIn("--insecure-listen", done.stderr)
        manager = self.manager(
            self.machine(), "--no-open", "--port", "0", "--host", "0.0.0.0", "--insecure-listen"
        )
        manager.err.wait_for("listening on 0.0.0.0 without encryption: API keys can be read")
        self.assertEqual(manager.ask("GET", "/api/configs")[0], 401)
        number = f"192.0.2.7:{manager.port}"  # this machine's, for whoever asks from elsewhere
        self.assertEqual(manager.ask("GET", "/api/configs", manager.token, Host=number)[0], 200)
        name = f"name.example:{manager.port}"
        self.assertEqual(manager.ask("GET", "/api/configs", manager.token, Host=name)[0], 403)

    def test_it_listens_on_this_machine_alone_unless_told_otherwise(self):
        manager = self.manager(self.machine(), "--no-open", "--port", "0")
        self.assertEqual(manager.origin, "http://127.0.0.1")
        with open("/proc/net/tcp", encoding="ascii") as file:
            listening = [line.split()[1] for line in file if line.split()[3] == "0A"]
        self.assertEqual(
            [one for one in listening if one.endswith(f":{manager.port:04X}")],
            [f"0100007F:{manager.port:04X}"],
        )


class Browser(ManagerTest):
    """A desktop on which xdg-open notes what it was given."""

    def setUp(self):
        self.here = self.machine()
        self.note = os.path.join(self.here.home, "opened")
        tools = os.path.join(self.here.home, "tools")
        os.mkdir(tools)
        opener = os.path.join(tools, "xdg-open")
        with open(opener, "w", encoding="ascii") as file:
            file.write(f'#!/bin/sh\n{{ echo "$@"; cat "$1"; }} >{self.note}.new\n')
            file.write(f"mv {self.note}.new {self.note}\n")
        os.chmod(opener, 0o755)
        self.here.environment["PATH"] = tools + ":" + self.here.environment["PATH"]
        self.here.environment["DISPLAY"] = ":0"

    def run_at_a_terminal(self, *arguments, until=lambda shown: ENTRANCE.search(shown)):
        """What was shown; `until` tells when to press Ctrl+C. Whatever it started has ended."""
        process, terminal = pty.fork()
        if process == 0:
            command = [BINARY, "manager", "--port", "0", *arguments]
            os.execve(BINARY, command, {**self.here.environment, "TERM": "dumb"})
        shown, deadline = "", time.monotonic() + PATIENCE
        while not until(shown):
            self.assertLess(time.monotonic(), deadline, shown)
            if select.select([terminal], [], [], 0.05)[0]:
                shown += os.read(terminal, 65536).decode()
        os.write(terminal, b"\x03")
        try:
            while os.read(terminal, 65536):
                pass
        except OSError:
            pass
        os.close(terminal)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), 0)
        while self.has_processes():
            self.assertLess(time.monotonic(), deadline)
        return shown

    def has_processes(self):
        """True while anything runs in this machine's environment."""
        home = f"HOME={self.here.home}".encode()
        for process in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{process}/environ", "rb") as file:
                    if home in file.read().split(b"\0"):
                        return True
            except OSError:
                continue  # it is gone, or somebody else's
        return False

    def test_it_is_opened_by_a_file_and_the_token_is_in_no_argument(self):
        shown = self.run_at_a_terminal(until=lambda _: os.path.exists(self.note))
        with open(self.note, encoding="utf-8") as file:
            arguments, _, page = file.read().partition("\n")
        entrance = os.path.join(self.here.home, "manager-open.html")
        self.assertEqual(arguments, entrance)
        self.assertIn(ENTRANCE.search(shown).group(3), page)
        self.assertFalse(os.path.exists(entrance), "it is gone with the manager")

    def test_no_open_opens_nothing(self):
        self.run_at_a_terminal("--no-open")
        self.assertFalse(os.path.exists(self.note))


class Strangers(ManagerTest):
    def test_without_the_token_or_from_elsewhere_every_request_is_refused(self):
        here = self.machine()
        here.write([profile("production", "http://127.0.0.1:9")])
        manager = self.manager(here, "--no-open", "--port", "0")
        with open(API, encoding="utf-8") as file:
            routes = re.findall(r"^\| `(\w+) (/api/[\w/]+)", file.read(), re.M)
        self.assertGreater(len(routes), 20)
        routes += [("GET", "/"), ("GET", "/app.js"), ("GET", "/style.css"), ("GET", "/none")]
        foreign = f"name.example:{manager.port}"
        for method, path in routes:
            with self.subTest(f"{method} {path}"):
                answers = [
                    (401, manager.ask(method, path)),
                    (401, manager.ask(method, path, "0" * 64)),
                    (401, manager.ask(method, path, Cookie="session=0")),
                    (403, manager.ask(method, path, Host=foreign)),
                    (403, manager.ask(method, path, manager.token, Host=foreign)),
                    (403, manager.ask(method, path, manager.token, Origin="http://name.example")),
                    (403, manager.ask(method, path, manager.token, Sec_Fetch_Site="cross-site")),
                ]
                for wanted, (status, body) in answers:
                    self.assertEqual(status, wanted)
                    self.assertNotIn("production", body)
                    self.assertNotIn(manager.token, body)
        self.assertEqual(manager.ask("GET", "/api/events", manager.token)[0], 200)

    def test_curl_gets_in_with_the_token_and_not_without(self):
        manager = self.manager(self.machine(), "--no-open", "--port", "0")
        url = f"http://127.0.0.1:{manager.port}/api/configs"
        command = ["curl", "-sS", "--max-time", str(PATIENCE), "-w", "%{http_code}", url]
        outside = subprocess.run(command, capture_output=True, text=True, check=True)
        self.assertEqual(outside.stdout[-3:], "401")
        bearer = ["-H", "Authorization: Bearer " + manager.token]
        inside = subprocess.run([*command, *bearer], capture_output=True, text=True, check=True)
        self.assertEqual(inside.stdout[-3:], "200")


class Masks(ManagerTest):
    """A program that reads what the manager shows and sends it back never damages a secret."""

    KEY = "sk-ant-0123456789abcdef9f2c"

    def setUp(self):
        self.here = self.machine()
        secrets = {
            "apiKey": self.KEY,
            "env": {"MY_TOKEN": "tok-0123456789abcdef", "DEBUG": "1"},
            "customHeaders": "X-Team: blue\nX-Api-Key: 0123456789abcdef",
            "httpProxy": "http://me:hush-hush@proxy.example:3128",
        }
        s3_sync = {"bucket": "b", "region": "us-east-1", "accessKeyId": "AKIA0123456789EXAMPLE"}
        s3_sync.update(secretAccessKey="wJalrXUtnFEMI0123", sessionToken="session-0123456789")
        profiles = [{"name": "production", **secrets}, {"name": "staging", "authToken": "t" * 20}]
        self.here.write(profiles, s3Sync=s3_sync)
        self.before = self.read()
        self.manager_of_here = self.manager(self.here, "--no-open", "--port", "0")

    def read(self):
        with open(self.here.config, encoding="utf-8") as file:
            return json.load(file)

    def send(self, method, path, content):
        manager = self.manager_of_here
        status, body = manager.ask(method, path, manager.token, content)
        return status, json.loads(body)

    def assert_refused(self, field, method, path, content):
        status, answer = self.send(method, path, content)
        self.assertEqual(status, 422, (path, content, answer))
        self.assertIn(f"{field} is a mask", answer["error"]["message"])
        self.assertEqual(self.read(), self.before)

    def test_what_was_read_is_refused_as_long_as_masks_are_in_it(self):
        shown = self.manager_of_here.get("/api/configs")
        settings = self.manager_of_here.get("/api/settings")
        self.assertNotIn(self.KEY, json.dumps(shown))
        self.assert_refused("apiKey", "PUT", "/api/configs", {"configs": shown["configs"]})
        self.assert_refused("apiKey", "POST", "/api/configs", {"config": shown["configs"][0]})
        self.assert_refused("apiKey", "POST", "/api/import", {"text": json.dumps(shown)})
        wanted = {"revision": settings["revision"], "settings": settings["settings"]}
        self.assert_refused("s3Sync.accessKeyId", "PUT", "/api/settings", wanted)
        for place, profile in zip(shown["secrets"], shown["configs"]):
            for *above, name in place:
                member = profile
                for each in above:
                    member = member[each]
                if isinstance(member, str):  # a header in lines
                    profile.pop(above[0], None)
                else:
                    del member[name]
        status, answer = self.send("PUT", "/api/configs", {"configs": shown["configs"]})
        self.assertEqual((status, answer["changed"]), (200, False))
        self.assertEqual(self.read(), self.before)

    def test_a_mask_of_anything_is_refused_with_its_field(self):
        masks = ["****9f2c ", "****", "**9f2c", "••••9f2c", "****tttt", "\u00a0****9f2c"]
        members = {
            "apiKey": lambda mask: {"apiKey": mask},
            "env.MY_TOKEN": lambda mask: {"env": {"MY_TOKEN": mask}},
            "customHeaders.X-Api-Key": lambda mask: {"customHeaders": {"X-Api-Key": mask}},
            "httpProxy": lambda mask: {"httpProxy": f"http://me:{mask.strip()}@proxy.example"},
        }
        for mask in masks:
            for field, member in members.items():
                config = {"name": "production", **member(mask)}
                self.assert_refused(field, "POST", "/api/configs", {"config": config})
            s3_sync = {"secretAccessKey": mask, "sessionToken": mask}
            wanted = {"settings": {"s3Sync": s3_sync}}
            self.assert_refused("s3Sync.secretAccessKey", "PUT", "/api/settings", wanted)


class Opening(ManagerTest):
    """The same sentence on the terminal and on the page, by how old either side is."""

    def setUp(self):
        self.here, self.there = self.machine("here"), self.machine("there")
        self.server = S3Serve(BINARY, os.path.join(self.here.home, "server"))
        self.addCleanup(self.server.stop)
        self.write(self.here, "first", ago=1000)
        for machine in (self.here, self.there):
            machine.set_up(self.server)

    def write(self, machine, *names, ago):
        settings = {}
        if os.path.exists(machine.config):
            with open(machine.config, encoding="utf-8") as file:
                settings = json.load(file)["settings"]
        settings.pop("balanceMode", None)
        machine.write([profile(name, "http://127.0.0.1:9") for name in names], **settings)
        os.utime(machine.config, (time.time() - ago, time.time() - ago))

    def upload_from_there(self, *names, ago):
        self.write(self.there, *names, ago=ago)
        done = self.there.run("s3-sync")
        self.assertEqual(done.returncode, 0, done.stderr)

    def assert_opens(self, sentence, *names):
        manager = self.manager(self.here, "--no-open", "--port", "0")
        self.assertRegex(manager.opening, sentence)
        self.assertEqual(manager.get("/api/sync")["opening"], manager.opening)
        with open(self.here.config, encoding="utf-8") as file:
            found = [one["name"] for one in json.load(file)["configs"]]
        self.assertEqual(found, list(names))

    def test_newer_by_more_than_30_s_is_downloaded(self):
        self.upload_from_there("first", "second", ago=100)
        self.assert_opens(
            r"^Remote is newer by 15 min \(there\); downloaded 2 profiles: second added\.$",
            "first", "second",
        )  # fmt: skip

    def test_newer_by_less_is_left_alone(self):
        self.write(self.here, "first", ago=500)
        self.upload_from_there("first", "second", ago=482)
        self.assert_opens(r"^Remote newer by 1[78] s; left alone\.$", "first")

    def test_a_file_that_was_just_edited_is_left_alone(self):
        self.upload_from_there("first", "second", ago=100)
        self.write(self.here, "first", ago=0)
        self.assert_opens(r"^Local file changed \d+ s ago; sync skipped\.$", "first")

    def test_without_the_server_what_is_here_is_shown(self):
        self.server.stop()
        self.assert_opens(r"^Remote not reachable; showing local profiles\.$", "first")


if __name__ == "__main__":
    BINARY = take_binary(sys.argv, BINARY)
    unittest.main()
