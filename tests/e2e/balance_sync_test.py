#!/usr/bin/env python3
"""`start-claude balance` and the remote copy: at its start, now and then, and after other people's
syncs; at a terminal and without one.

    balance_sync_test.py --binary PATH [unittest's arguments]
"""

import json
import os
import pty
import select
import signal
import sys
import time
import unittest

from balance.process import PATIENCE, Machine, key_of, profile, take_binary
from balance.upstream import Upstream
from harness.servers import S3Serve

BINARY = "start-claude"
HOUR = 3600


class Typist:
    """`balance` at a terminal, and a person there."""

    def __init__(self, machine, arguments):
        self.shown = ""
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            command = [machine.binary, "balance", "--port", "0", *arguments]
            os.execve(machine.binary, command, {**machine.environment, "TERM": "dumb"})

    def wait_for(self, *texts):
        """What was shown up to the last of them, which may come in any order."""
        deadline = time.monotonic() + PATIENCE
        while any(text not in self.shown for text in texts):
            ready, _, _ = select.select([self.terminal], [], [], deadline - time.monotonic())
            if not ready:
                raise AssertionError(f"not all of {texts} in {self.shown!r}")
            try:
                self.shown += os.read(self.terminal, 65536).decode().replace("\r\n", "\n")
            except OSError:
                raise AssertionError(f"ended without {texts}: {self.shown!r}") from None
        end = max(self.shown.index(text) + len(text) for text in texts)
        seen, self.shown = self.shown[:end], self.shown[end:]
        return seen

    def type(self, text):
        os.write(self.terminal, text.encode())

    def send(self, number):
        os.kill(self.process, number)

    def end(self):
        """The exit status after Ctrl+C."""
        self.type("\x03")
        try:
            while os.read(self.terminal, 65536):
                pass
        except OSError:
            pass
        os.close(self.terminal)
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])


class SyncTest(unittest.TestCase):
    """Two machines with the same bucket; the proxy runs on `here`."""

    def setUp(self):
        self.here, self.there = self.machine("here"), self.machine("there")
        self.server = S3Serve(BINARY, os.path.join(self.here.home, "server"))
        self.addCleanup(self.server.stop)
        self.api = Upstream()
        self.addCleanup(self.api.close)
        self.write(self.here, "first")
        for machine in (self.here, self.there):
            machine.set_up(self.server)

    def machine(self, name):
        machine = Machine(BINARY)
        machine.environment["START_CLAUDE_HOST"] = name
        self.addCleanup(machine.close)
        return machine

    def write(self, machine, *names, ago=0):
        """Other profiles, the settings stay."""
        settings = {}
        if os.path.exists(machine.config):
            with open(machine.config, encoding="utf-8") as file:
                settings = json.load(file)["settings"]
        settings.pop("balanceMode", None)
        machine.write([profile(name, self.api) for name in names], **settings)
        if ago:
            os.utime(machine.config, (time.time() - ago, time.time() - ago))

    def upload_from_there(self, *names):
        self.assertEqual(self.there.run("s3-sync").returncode, 0)
        self.write(self.there, *names)
        done = self.there.run("s3-sync")
        self.assertEqual(done.returncode, 0, done.stderr)

    def names_in(self, machine):
        with open(machine.config, encoding="utf-8") as file:
            return [one["name"] for one in json.load(file)["configs"]]

    def remote_names(self):
        third = self.machine("third")
        with open(self.there.config, encoding="utf-8") as file:
            third.write([], **{"s3Sync": json.load(file)["settings"]["s3Sync"]})
        self.assertEqual(third.run("s3-download", "--force").returncode, 0)
        return self.names_in(third)

    def typist(self, *arguments):
        typist = Typist(self.here, arguments)
        self.addCleanup(typist.end)
        return typist


class Unattended(SyncTest):
    def test_a_newer_remote_is_downloaded_before_anything_is_served(self):
        self.upload_from_there("first", "second")
        balance = self.here.balance()
        balance.out.wait_for("Downloaded 2 profiles")
        balance.out.wait_for("2 profiles (fallback): first, second")

    def test_a_newer_local_is_uploaded(self):
        self.write(self.here, "first", "mine")
        self.here.balance().out.wait_for("Uploaded 2 profiles")
        self.assertEqual(self.remote_names(), ["first", "mine"])

    def test_what_only_a_person_can_decide_is_left_and_said(self):
        self.upload_from_there("first", "theirs")
        with open(self.here.config, encoding="utf-8") as file:
            document = json.load(file)
        document["configs"][0]["model"] = "mine"
        self.here.write_text(json.dumps(document))
        with open(self.there.config, encoding="utf-8") as file:
            document = json.load(file)
        document["configs"][0]["model"] = "theirs"
        self.there.write_text(json.dumps(document))
        self.assertEqual(self.there.run("s3-sync").returncode, 0)
        balance = self.here.balance()
        balance.err.wait_for("changed on both sides")
        self.assertEqual(balance.key_used(), key_of("first"))

    def test_without_a_server_and_without_s3_it_serves_all_the_same(self):
        self.server.stop()
        balance = self.here.balance()
        balance.err.wait_for("could not connect to 127.0.0.1")
        self.assertEqual(balance.key_used(), key_of("first"))
        balance.stop()
        alone = self.machine("alone")
        self.write(alone, "own")
        balance = alone.balance()
        self.assertEqual(balance.key_used(), key_of("own"))
        self.assertEqual(balance.err.text(), "")

    def test_any_process_that_syncs_makes_it_reload(self):
        balance = self.here.balance()
        self.upload_from_there("second")
        done = self.here.run("s3-sync")
        self.assertEqual(done.returncode, 0, done.stderr)
        balance.out.wait_for("Reloaded: 1 profile (fallback): second.")
        self.assertEqual(balance.key_used(), key_of("second"))

    def test_a_check_when_asked_for_downloads_and_reloads(self):
        balance = self.here.balance()
        self.upload_from_there("second")
        balance.process.send_signal(signal.SIGUSR1)
        balance.out.wait_for("Downloaded 1 profile")
        balance.out.wait_for("Reloaded: 1 profile (fallback): second.")


class AtATerminal(SyncTest):
    def test_download_and_reload_is_asked_with_both_times_and_the_difference(self):
        self.write(self.here, "first", ago=26 * HOUR)
        self.assertEqual(self.here.run("s3-sync").returncode, 0)
        self.upload_from_there("first", "second")
        person = self.typist()
        shown = person.wait_for("Download and reload? [Y/n]: ")
        self.assertRegex(shown, r"Remote is newer by 26 h 0 min \(there\)\.")
        self.assertRegex(shown, r"local +1 +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000")
        self.assertRegex(shown, r"remote +2 +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000 +newer by 26 h")
        person.type("\n")
        person.wait_for("Downloaded 2 profiles", "2 profiles (fallback): first, second")
        self.assertEqual(self.names_in(self.here), ["first", "second"])

    def test_a_no_leaves_everything_and_serves(self):
        self.upload_from_there("first", "second")
        person = self.typist()
        person.wait_for("Download and reload? [Y/n]: ")
        person.type("n\n")
        person.wait_for("1 profile (fallback): first")
        self.assertEqual(self.names_in(self.here), ["first"])

    def test_a_newer_local_is_offered_for_upload(self):
        self.write(self.here, "first", "mine", ago=-100)
        person = self.typist()
        self.assertIn("Local is newer by", person.wait_for("Upload it? [Y/n]: "))
        person.type("y\n")
        person.wait_for("Uploaded 2 profiles")
        self.assertEqual(self.remote_names(), ["first", "mine"])

    def test_auto_asks_nothing(self):
        self.upload_from_there("first", "second")
        person = self.typist("--auto")
        person.wait_for("Downloaded 2 profiles")
        person.wait_for("2 profiles (fallback): first, second")

    def test_a_pending_update_is_announced_and_one_key_accepts_it(self):
        person = self.typist()
        person.wait_for("1 profile (fallback): first")
        person.wait_for("ANTHROPIC_AUTH_TOKEN")
        self.upload_from_there("second")
        person.send(signal.SIGUSR1)
        self.assertIn("(there)", person.wait_for("Press y to download and reload."))
        self.assertEqual(self.names_in(self.here), ["first"])
        person.type("y")
        person.wait_for(
            "Downloaded 1 profile", "Reloaded: 1 profile (fallback): second."
        )
        self.assertEqual(self.names_in(self.here), ["second"])

    def test_the_terminal_is_as_it_was_afterwards(self):
        import termios

        person = self.typist()
        person.wait_for("ANTHROPIC_AUTH_TOKEN")
        before = termios.tcgetattr(person.terminal)
        self.upload_from_there("second")
        person.send(signal.SIGUSR1)
        person.wait_for("Press y to download and reload.")
        self.assertNotEqual(termios.tcgetattr(person.terminal), before)
        person.send(signal.SIGTERM)
        os.waitid(os.P_PID, person.process, os.WEXITED | os.WNOWAIT)
        self.assertEqual(termios.tcgetattr(person.terminal), before)


if __name__ == "__main__":
    BINARY = take_binary(sys.argv, BINARY)
    unittest.main()
