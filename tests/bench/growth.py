"""What a sync costs as the document grows: time and peak memory of each kind of run."""

import json
import os
import subprocess
import time

from machine import Machine

PROFILES = [100, 1_000, 10_000, 100_000]


def profile(number):
    """One profile of some 1,000 bytes."""
    return {
        "name": f"profile-{number}",
        "id": f"id-{number}",
        "apiKey": f"sk-ant-{number:06}-" + "0123456789abcdef" * 6,
        "baseUrl": "https://api.example.com/v1",
        "model": "claude-sonnet-4",
        "env": {f"VARIABLE_{i}": f"a value of some length, as they have: {i}" for i in range(10)},
    }


def document(profiles):
    configs = [profile(i) for i in range(profiles)]
    return json.dumps({"version": 1, "configs": configs}, indent=2) + "\n"


class Growth:
    """Two machines on one object, whose document has so many profiles."""

    def __init__(self, binary, store, profiles):
        self.profiles = profiles
        self.here = Machine(binary, store, f"growth-{profiles}-here")
        self.there = Machine(binary, store, f"growth-{profiles}-there")
        for machine in (self.here, self.there):
            machine.set_up(f"growth-{profiles}.json")
        self.here.write_profiles(document(profiles))
        self.size = os.path.getsize(self.here.config)
        self.edits = 0

    def edit(self, machine, number):
        """Changes one member of one profile, in the text."""
        self.edits += 1
        with open(machine.config, encoding="utf-8") as file:
            text = file.read()
        start = text.index(f'"id-{number}"')
        at = text.index('"model": "', start) + len('"model": "')
        end = text.index('"', at)
        with open(machine.config, "w", encoding="utf-8") as file:
            file.write(f"{text[:at]}model-{self.edits}{text[end:]}")

    def runs(self):
        """[(what, seconds, peak memory in bytes)]"""
        last = self.profiles - 1
        yield "first upload", *self.cost(self.here)
        yield "first download", *self.cost(self.there)
        self.edit(self.here, last // 2)
        yield "upload", *self.cost(self.here)
        yield "download", *self.cost(self.there)
        self.edit(self.here, 0)
        self.here.run("s3-sync")
        self.edit(self.there, last)
        yield "merge", *self.cost(self.there)
        self.edit(self.there, last)
        yield "s3-diff", *self.cost(self.there, "s3-diff", expected=None)
        self.there.run("s3-sync")
        self.there.let_it_settle()
        yield "no change", *self.cost(self.there)

    def cost(self, machine, command="s3-sync", expected=0):
        begin = time.perf_counter()
        done = subprocess.run(
            ["time", "-f", "%M", "-o", "/dev/stderr", machine.binary, command],
            env=machine.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)  # fmt: skip
        if expected is not None and done.returncode != expected:
            raise RuntimeError(f"{command} ended with {done.returncode}: {done.stderr}")
        return time.perf_counter() - begin, int(done.stderr.split()[-1]) * 1024
