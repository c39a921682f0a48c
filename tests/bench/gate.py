"""What scripts/bench-gate counts: the calls and the instructions of each kind of run.

A document of 10 KB, changed in one field of one profile. Instructions of an upload and of a download
are counted once so many contents are kept that whoever looks at all of them is found out.
"""

import sys

from machine import Machine, document
from store import Store

TEN_KILOBYTES = 33  # profiles
KEPT = 400  # contents


class Runs:
    """A machine to measure on, and another one that writes, too."""

    def __init__(self, binary, store):
        self.here = Machine(binary, store, "gate")
        self.here.write_profiles(document(TEN_KILOBYTES))
        self.here.set_up("gate.json")
        self.here.let_it_settle()
        self.there = Machine(binary, store, "other")
        self.there.set_up("gate.json")
        self.edits = 0

    def change_here(self):
        self.edits += 1
        self.here.edit(f"model-{self.edits}")

    def change_there(self):
        self.edits += 1
        self.there.run("s3-sync")
        self.there.edit(f"model-{self.edits}")
        self.there.run("s3-sync")

    def keep(self, contents):
        """So many more are remembered here."""
        for _ in range(contents):
            self.change_here()
            self.here.run("s3-sync")


def counted(figure):
    if figure is None:
        sys.exit("bench-gate: strace or valgrind is missing: scripts/install-dependencies bench")
    return figure


def calls(runs):
    """{"JOB: CALL": how many}"""
    found = {}

    def count(job):
        for name, number in counted(runs.here.disk_calls("s3-sync")).items():
            found[f"{job}: {name}"] = number

    runs.change_here()
    count("upload")
    runs.here.wait_until_known()
    count("first run without a change after it")
    count("later run without a change")
    runs.change_there()
    count("download")
    return found


def instructions(runs):
    here = runs.here
    here.let_it_settle()
    requests = here.requests("s3-sync")
    if requests != 1:
        sys.exit(f"bench-gate: a sync without a change sent {requests} requests, not 1")
    found = {
        "start-up": counted(here.instructions("--version")),
        "no-change sync, http": here.instructions("s3-sync"),
    }
    runs.keep(KEPT)
    runs.change_here()
    found[f"upload, {KEPT} contents kept"] = here.instructions("s3-sync")
    runs.change_there()
    found[f"download, {KEPT} contents kept"] = here.instructions("s3-sync")
    return found


def measure(binary):
    with Store(binary) as store:
        runs = Runs(binary, store)
        return {"calls": calls(runs), "instructions": instructions(runs)}
