#!/usr/bin/env python3
"""`watch` for real: processes, inotify, signals, a server; PUTs are counted on the wire.

    tests/e2e/watch_test.py --binary build/debug/start-claude
    tests/e2e/watch_test.py --binary ... --server real --environment build/s3-server/environment
    tests/e2e/watch_test.py --binary ... --edits 200 Alternating
"""
import argparse
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness.servers import RealServer, S3Serve, ServerUnavailable  # noqa: E402
from harness.watching import Bucket, Home, Watch  # noqa: E402

BINARY = SERVER = None
EDITS = 10


def write(path, text, mode="w"):
    with open(path, mode, encoding="utf-8") as file:
        file.write(text)


def truncate_and_write(home, text):
    write(home.config, text)


def rename_over(home, text):
    write(home.config + ".new", text)
    os.rename(home.config + ".new", home.config)


def vim(home, text):
    """backupcopy=no: a probe for permissions, the old file aside, a new one, the backup away."""
    probe = os.path.join(home.folder, "4913")
    write(probe, "")
    os.remove(probe)
    os.rename(home.config, home.config + "~")
    write(home.config, text)
    os.chmod(home.config, 0o600)
    os.remove(home.config + "~")


def emacs(home, text):
    """A lock that is a dangling link, a backup by copy, then the file in place."""
    lock = os.path.join(home.folder, ".#config.json")
    os.symlink("me@here.4711:1", lock)
    write(home.config + "~", text)
    write(home.config, text)
    os.remove(lock)


def piece_by_piece(home, text):
    """Cut off for 300 ms, as by a slow program that keeps its file open."""
    with open(home.config, "w", encoding="utf-8") as file:
        for i in range(0, len(text), len(text) // 3):
            file.write(text[i : i + len(text) // 3])
            file.flush()
            time.sleep(0.1)


def a_hundred_writes(home, text):
    began = time.monotonic()
    for i in range(100):
        write(home.config, text.replace('"saved"', f'"{i}"') if i < 99 else text)
        time.sleep(max(0.0, began + (i + 1) * 0.01 - time.monotonic()))


PATTERNS = [truncate_and_write, rename_over, vim, emacs, piece_by_piece, a_hundred_writes]


class WatchTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name)
        server = SERVER or S3Serve(str(BINARY), str(self.root / "serve"))
        self.addCleanup(server.stop)
        self.bucket = Bucket(server)
        self.addCleanup(self.bucket.close)

    def home(self, name):
        return Home(BINARY, self.root, name, self.bucket)

    def agreed_home(self, name):
        """One whose file is in the bucket already, so that the next PUT is the next edit's: the
        first of each kind measures what the store does with conditions, by more PUTs."""
        home = self.home(name)
        for value in ("0", "1"):
            write(home.config, home.text_with(FIRST=value))
            home.run("s3-sync", "--auto")
        return home

    def watch(self, home, **environment):
        watch = Watch(home, environment)
        self.addCleanup(watch.stop)
        return watch


class Editors(WatchTest):
    def test_each_way_of_saving_is_one_upload(self):
        home = self.agreed_home("lark")
        watch = self.watch(home)
        for save in PATTERNS:
            with self.subTest(save.__name__):
                puts, seen = self.bucket.puts, len(watch.events)
                save(home, home.text_with(SAVED_BY=save.__name__, STATE="saved"))
                self.assertEqual(watch.next_result(seen), "uploaded", watch.errors)
                self.assertEqual(self.bucket.document()["configs"][0]["env"]["SAVED_BY"],
                                 save.__name__)
                self.assertEqual(self.bucket.puts, puts + 1)
        # Saved without a change: the second that would bring an upload passes in silence.
        puts, seen = self.bucket.puts, len(watch.events)
        rename_over(home, home.text_with())
        os.utime(home.config)
        write(home.config, home.text_with(LAST="1"))
        self.assertEqual(watch.next_result(seen), "uploaded")
        self.assertEqual((watch.stop(), self.bucket.puts), (0, puts + 1))
        self.assertEqual(watch.errors, [])


class Alternating(WatchTest):
    def test_edits_in_both_directions_none_lost_no_extra_put(self):
        lark, heron = self.agreed_home("lark"), self.home("heron")
        # The other one measures, too.
        heron.run("s3-sync", "--auto")
        write(heron.config, heron.text_with(FIRST="2"))
        heron.run("s3-sync", "--auto")
        lark.run("s3-sync", "--auto")
        watches = {home: self.watch(home) for home in (lark, heron)}
        puts = self.bucket.puts
        for i in range(EDITS):
            here, there = (lark, heron) if i % 2 == 0 else (heron, lark)
            seen_here, seen_there = len(watches[here].events), len(watches[there].events)
            save = PATTERNS[i % 4]
            save(here, here.text_with(**{f"EDIT_{i}": here.name}))
            self.assertEqual(watches[here].next_result(seen_here), "uploaded", i)
            watches[there].check_now()
            self.assertEqual(watches[there].next_result(seen_there), "downloaded", i)
            self.assertEqual(there.env().get(f"EDIT_{i}"), here.name)
        for home, watch in watches.items():
            self.assertEqual((watch.stop(), watch.errors), (0, []), home.name)
        wanted = {"FIRST": "2"} | {f"EDIT_{i}": ("lark", "heron")[i % 2] for i in range(EDITS)}
        self.assertEqual(lark.env(), wanted)
        self.assertEqual(heron.env(), wanted)
        self.assertEqual(self.bucket.document()["configs"][0]["env"], wanted)
        self.assertEqual(self.bucket.puts, puts + EDITS)


class Ending(WatchTest):
    def test_sigterm_uploads_what_is_not_uploaded_yet(self):
        home = self.agreed_home("lark")
        watch = self.watch(home)
        write(home.config, home.text_with(LAST="1"))
        began = time.monotonic()
        self.assertEqual(watch.stop(), 0, watch.errors)
        self.assertLess(time.monotonic() - began, 5)
        self.assertEqual(self.bucket.document()["configs"][0]["env"]["LAST"], "1")
        self.assertEqual(watch.results()[-2:], ["uploaded", "stopped"])

    def test_sigterm_ends_it_in_time_whatever_the_server_does(self):
        home = self.agreed_home("lark")
        watch = self.watch(home)
        self.bucket.forwarder.hangs.set()
        write(home.config, home.text_with(LAST="1"))
        began = time.monotonic()
        self.assertIn(watch.stop(), (5, 130))
        self.assertLess(time.monotonic() - began, 6)
        self.bucket.forwarder.hangs.clear()
        again = self.watch(home)
        self.assertEqual(again.next_result(1), "uploaded")

    def test_a_second_one_says_so_plainly(self):
        home = self.agreed_home("lark")
        self.watch(home)
        said = home.run("watch", expect=9)
        self.assertIn("is being watched already: watch, process", said)


class Trouble(WatchTest):
    def test_a_server_that_is_down_is_caught_up_with(self):
        home = self.agreed_home("lark")
        watch = self.watch(home)
        self.bucket.forwarder.down()
        write(home.config, home.text_with(WHILE="down"))
        self.assertEqual(watch.next_result(1), "failed")
        self.assertIn('"result":"failed"', home.run("s3-status", "--offline", "--json"))
        self.bucket.forwarder.up()
        # It would try again by itself, within five seconds.
        watch.signal(signal.SIGHUP)
        self.assertEqual(watch.next_result(2), "uploaded")
        self.assertIn("uploaded", home.run("s3-status", "--offline"))

    def test_the_file_and_its_folder_may_go_and_come_back(self):
        home = self.agreed_home("lark")
        watch = self.watch(home)
        os.remove(home.config)
        self.assertEqual(watch.next_result(1), "downloaded")
        self.assertEqual(home.env(), {"FIRST": "1"})
        os.rename(home.folder, home.folder + ".away")
        os.rename(home.folder + ".away", home.folder)
        write(home.config, home.text_with(AGAIN="1"))
        self.assertEqual(watch.next_result(2), "uploaded")
        self.assertEqual(watch.errors, [])

    def test_a_conflict_is_held_and_told_by_status(self):
        lark, heron = self.agreed_home("lark"), self.home("heron")
        heron.run("s3-sync", "--auto")
        watch = self.watch(lark)
        write(heron.config, heron.text_with(FIRST="heron"))
        heron.run("s3-sync", "--auto")
        write(lark.config, lark.text_with(FIRST="lark"))
        self.assertEqual(watch.next_result(1), "held")
        self.assertEqual(lark.env(), {"FIRST": "lark"})
        self.assertRegex(lark.run("s3-status"),
                         r"last automatic sync +held \d s ago: production.env.FIRST changed on both")

    def test_a_linked_file_is_watched_where_it_is(self):
        home = self.agreed_home("lark")
        elsewhere = self.root / "dotfiles"
        elsewhere.mkdir()
        os.rename(home.config, elsewhere / "claude.json")
        os.symlink(elsewhere / "claude.json", home.config)
        watch = self.watch(home)
        write(str(elsewhere / "claude.json"), home.text_with(LINKED="1"))
        self.assertEqual(watch.next_result(1), "uploaded")
        self.assertTrue(os.path.islink(home.config))


    def test_a_folder_link_that_is_swapped_is_followed(self):
        """As Kubernetes updates a ConfigMap: config.json -> ..data/config.json, ..data -> ..v1."""
        home = self.agreed_home("lark")
        folder = pathlib.Path(home.folder)
        (folder / "..v1").mkdir()
        os.rename(home.config, folder / "..v1" / "config.json")
        os.symlink("..v1", folder / "..data")
        os.symlink("..data/config.json", home.config)
        watch = self.watch(home)
        text = home.text_with(SWAPPED="1")
        (folder / "..v2").mkdir()
        write(str(folder / "..v2" / "config.json"), text)
        os.symlink("..v2", folder / "..data_tmp")
        os.rename(folder / "..data_tmp", folder / "..data")
        self.assertEqual(watch.next_result(1), "uploaded")

    def test_another_name_of_the_file_is_watched_and_written(self):
        home = self.agreed_home("lark")
        dotfile = str(self.root / "dotfile.json")
        os.link(home.config, dotfile)
        watch = self.watch(home)
        write(dotfile, home.text_with(LINKED="1"))
        self.assertEqual(watch.next_result(1), "uploaded")
        self.assertTrue(os.path.samefile(home.config, dotfile))

    def test_a_mounted_file_is_watched_and_written(self):
        if os.geteuid() != 0:
            self.skipTest("NOT TESTED: no mounts without root")
        home = self.agreed_home("lark")
        heron = self.home("heron")
        real = str(self.root / "on-the-host.json")
        write(real, home.text_with())
        tried = subprocess.run(["mount", "--bind", real, home.config], capture_output=True, text=True)
        if tried.returncode != 0:
            self.skipTest(f"NOT TESTED: root may not mount here: {tried.stderr}")
        self.addCleanup(subprocess.run, ["umount", "--lazy", home.config], check=False)
        watch = self.watch(home)
        write(real, home.text_with(FIRST="host"))
        self.assertEqual(watch.next_result(1), "uploaded")
        heron.run("s3-sync", "--auto")
        write(heron.config, heron.text_with(FIRST="heron"))
        heron.run("s3-sync", "--auto")
        watch.check_now()
        self.assertEqual(watch.next_result(2), "downloaded")
        with open(real, encoding="utf-8") as file:
            self.assertEqual(json.load(file)["configs"][0]["env"]["FIRST"], "heron")


class Company(WatchTest):
    def test_the_service_manager_is_told(self):
        home = self.agreed_home("lark")
        name = f"start-claude-watch-test-{os.getpid()}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind("\0" + name)
            manager.settimeout(30)
            watch = self.watch(home, NOTIFY_SOCKET="@" + name)
            self.assertEqual(manager.recv(100), b"READY=1")
            self.assertEqual(watch.stop(), 0)
            self.assertEqual(manager.recv(100), b"STOPPING=1")

    def test_nothing_wakes_it_between_events(self):
        home = self.agreed_home("lark")
        watch = self.watch(home)
        seen = len(watch.events)
        write(home.config, home.text_with(ONE="1"))
        watch.next_result(seen)
        # What its first run has uploaded already is looked at once more, a second after the change.
        before = -1
        while before != (before := watch.status("voluntary_ctxt_switches")):
            time.sleep(1.5)
        time.sleep(1)
        self.assertEqual(watch.status("voluntary_ctxt_switches"), before)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("--server", choices=("s3-serve", "real"), default="s3-serve")
    parser.add_argument("--environment", help="what scripts/s3-server wrote for --server real")
    parser.add_argument("--edits", type=int, default=EDITS, help="alternating edits")
    known, rest = parser.parse_known_args()
    BINARY, EDITS = known.binary.resolve(), known.edits
    if known.server == "real":
        try:
            SERVER = RealServer(known.environment)
        except ServerUnavailable as reason:
            sys.exit(str(reason))
    unittest.main(argv=[sys.argv[0], *rest])
