#!/usr/bin/python3
"""Disks that refuse, links, and locks: the real binary on real file systems, against its own server.

    disk_test.py --binary build/debug/start-claude

What only root can arrange (a small file system, another user) is not tested where this is not root:
exit code 77 then, if all else is well.
"""

import argparse
import fcntl
import json
import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))

from harness import fleet as fleets, machines, servers  # noqa: E402

BINARY = None
SKIPPED = 77
NOBODY = 65534


def can_mount():
    tried = subprocess.run(
        ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True
    )
    return tried.returncode == 0


class Disk(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="start-claude-disk-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        os.chmod(self.folder, 0o755)
        self.server = servers.S3Serve(BINARY, os.path.join(self.folder, "serve"))
        self.addCleanup(self.server.stop)
        self.fleet = fleets.Fleet(self.server, BINARY, self.folder, 2)
        self.lark, self.heron = self.fleet.machines

    def run_on(self, machine, *arguments, prefix=()):
        done = subprocess.run(
            [*prefix, os.path.abspath(BINARY), *(arguments or ("s3-sync", "--no-input"))],
            env=machine.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )
        return done.returncode, done.stdout

    def heron_changed(self):
        """An edit that only the store has: lark's next sync writes its file."""
        self.fleet.edit(self.heron, "new")
        self.assertEqual(self.run_on(self.heron)[0], 0)

    def expect_refused(self, outcome, before, words):
        code, output = outcome
        self.assertEqual(code, 8, output)
        self.assertIn(words, output)
        self.assertIn("hint: ", output)
        self.assertEqual(self.lark.read(), before)

    def expect_finished(self):
        self.assertEqual(self.run_on(self.lark)[0], 0)
        self.fleet.settle()
        self.fleet.expect_nothing_lost()

    def test_a_full_disk_leaves_the_old_file_and_says_so(self):
        if not can_mount():
            self.skipTest("NOT TESTED: no mounts without root")
        self.heron_changed()
        before = self.lark.read()
        # The folder as it is, on a file system that has no room left but a page.
        script = (
            "set -e; d=$1; shift; cp -a $d $d.copy; mount -t tmpfs -o mode=700,size=128k none $d;"
            "cp -a $d.copy/. $d; dd if=/dev/zero of=$d/filler bs=4k 2>/dev/null || true;"
            'code=0; "$@" || code=$?; cmp $d/config.json $d.copy/config.json;'
            "test -z \"$(find $d -name '*-tmp')\"; exit $code"
        )
        prefix = ("unshare", "--mount", "sh", "-c", script, "sh", self.lark.path("."))
        prefix = (*prefix[:-1], os.path.dirname(self.lark.path()))
        self.expect_refused(self.run_on(self.lark, prefix=prefix), before, "No space left on device")
        shutil.rmtree(os.path.dirname(self.lark.path()) + ".copy")
        self.expect_finished()

    def test_a_folder_one_may_not_write_to(self):
        if os.geteuid() != 0 or shutil.which("setpriv") is None:
            self.skipTest("NOT TESTED: only root can become somebody whom modes hold back")
        self.heron_changed()
        before = self.lark.read()
        folder = os.path.dirname(self.lark.path())
        for root, _, names in os.walk(self.lark.home):
            for path in (root, *(os.path.join(root, name) for name in names)):
                os.chown(path, NOBODY, NOBODY)
        as_nobody = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
        os.chmod(folder, 0o500)
        outcome = self.run_on(self.lark, prefix=as_nobody)
        os.chmod(folder, 0o700)
        self.expect_refused(outcome, before, "Permission denied")
        self.assertEqual(self.run_on(self.lark, prefix=as_nobody)[0], 0)
        self.assertEqual(os.stat(self.lark.path()).st_uid, NOBODY)
        self.expect_finished()

    def follow(self, target):
        """config.json becomes a link to `target`, as in a folder of dotfiles."""
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.move(self.lark.path(), target)
        os.symlink(target, self.lark.path())
        self.heron_changed()
        code, output = self.run_on(self.lark)
        self.assertEqual(code, 0, output)
        self.assertTrue(os.path.islink(self.lark.path()))
        self.assertEqual(os.readlink(self.lark.path()), target)
        self.assertEqual(stat.S_IMODE(os.stat(target).st_mode), 0o600)
        self.assertEqual(os.listdir(os.path.dirname(target)), [os.path.basename(target)])
        self.expect_finished()

    def test_a_link_stays_a_link(self):
        self.follow(os.path.join(self.folder, "dotfiles", "claude.json"))

    def test_a_link_to_another_file_system(self):
        if not os.path.isdir("/dev/shm") or os.stat("/dev/shm").st_dev == os.stat("/tmp").st_dev:
            self.skipTest("NOT TESTED: there is no second file system")
        folder = tempfile.mkdtemp(prefix="start-claude-disk-", dir="/dev/shm")
        self.addCleanup(shutil.rmtree, folder)
        self.follow(os.path.join(folder, "claude.json"))

    def test_a_file_that_is_mounted_by_itself_is_written_in_place(self):
        if not can_mount():
            self.skipTest("NOT TESTED: no mounts without root")
        real = os.path.join(self.folder, "on-the-host.json")
        shutil.copy2(self.lark.path(), real)
        inode = os.stat(real).st_ino
        self.heron_changed()
        # As in a container: the file alone comes from elsewhere.
        script = 'mount --bind "$1" "$2" && shift 2 && exec "$@"'
        prefix = ("unshare", "--mount", "sh", "-c", script, "sh", real, self.lark.path())
        code, output = self.run_on(self.lark, "s3-doctor", prefix=prefix)
        self.assertIn("mounted by itself (a bind mount)", output)
        code, output = self.run_on(self.lark, prefix=prefix)
        self.assertEqual(code, 0, output)
        self.assertEqual(os.stat(real).st_ino, inode)
        with open(real, encoding="utf-8") as host, open(self.heron.path(), encoding="utf-8") as other:
            self.assertEqual(json.load(host)["configs"], json.load(other)["configs"])
        self.assertEqual(
            [name for name in os.listdir(os.path.dirname(self.lark.path())) if "start-claude-" in name],
            [],
        )
        shutil.copy2(real, self.lark.path())
        self.expect_finished()

    def test_a_file_on_a_read_only_mount_is_uploaded_and_not_written(self):
        if not can_mount():
            self.skipTest("NOT TESTED: no mounts without root")
        before = self.lark.read()
        self.heron_changed()
        script = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'
        prefix = ("unshare", "--mount", "sh", "-c", script, "sh", self.lark.path())
        code, output = self.run_on(self.lark, "s3-doctor", prefix=prefix)
        self.assertIn("on a read-only mount", output)
        self.expect_refused(self.run_on(self.lark, prefix=prefix), before, "Read-only file system")
        self.expect_finished()

    def test_a_hard_link_stays_one(self):
        dotfile = os.path.join(self.folder, "dotfile.json")
        os.link(self.lark.path(), dotfile)
        self.heron_changed()
        code, output = self.run_on(self.lark, "s3-doctor")
        self.assertIn("one of 2 names", output)
        code, output = self.run_on(self.lark)
        self.assertEqual(code, 0, output)
        self.assertTrue(os.path.samefile(self.lark.path(), dotfile))
        self.expect_finished()

    def test_the_lock_names_its_holder_and_covers_the_whole_run(self):
        self.heron_changed()
        before = self.lark.read()
        with open(self.lark.path("s3.lock"), "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            lock.write("s3-upload, process 4711 on lark since 2026-11-22 09:14:03 +0100\n")
            lock.flush()
            started = time.monotonic()
            code, output = self.run_on(self.lark, "s3-sync", "--no-input", "--lock-timeout", "1")
            waited = time.monotonic() - started
        self.assertEqual(code, 9, output)
        self.assertIn("another run holds the lock: s3-upload, process 4711 on lark", output)
        self.assertGreaterEqual(waited, 1)
        self.assertEqual(self.lark.read(), before)
        self.expect_finished()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    known, rest = parser.parse_known_args()
    BINARY = os.path.abspath(known.binary)
    outcome = unittest.main(argv=[sys.argv[0], *rest], verbosity=2, exit=False).result
    if outcome.wasSuccessful():
        sys.exit(SKIPPED if outcome.skipped else 0)
    sys.exit(1)
