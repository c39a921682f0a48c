#!/usr/bin/python3
"""Machines that sync at the same moment, and runs that are killed at any moment.

    race_test.py --binary build/debug/start-claude races            8 machines, all at once
    race_test.py --binary build/debug/start-claude kills            kill -9 at random moments
                 [--server s3-serve|real|swift] [--environment FILE] [--rounds N] [--seed N]

After each round: nothing is lost, every file is valid and nobody else's to read, all machines and
the store are equal. The seed is printed; it decides who edits and when who is killed, but not how
the processes happen to interleave. Exit 0: kept; 1: not.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from harness import fleet as fleets, servers  # noqa: E402

RACERS = 8
# Two that are killed now and then, and one that never is.
KILLED_FLEET = 3
ROUNDS = {"races": 50, "kills": 200}


def race(fleet, chance, number):
    """Everybody edits fields of its own, then all sync at once."""
    order = list(fleet.machines)
    chance.shuffle(order)
    for machine in order:
        fleet.edit(machine, f"round {number} {chance.randrange(1 << 30)}")
    fleet.sync_at_once(order, fleets.expect_done_or_beaten)
    return {}


def kill(fleet, chance, number):
    """Everybody edits; the first two are killed somewhere between their start and their end, and
    some of these are edited before they sync again."""
    for machine in fleet.machines:
        fleet.edit(machine, f"round {number} {chance.randrange(1 << 30)}")
    seen = {"killed": 0}
    with fleets.Watch(fleet):
        started = time.monotonic()
        victims = [
            (chance.uniform(0, 0.8 * fleet.usual_run_s), machine, fleet.sync(machine))
            for machine in fleet.machines[:-1]
        ]
        witness = fleet.sync(fleet.machines[-1])
        for moment, machine, process in sorted(victims, key=lambda victim: victim[0]):
            time.sleep(max(0.0, started + moment - time.monotonic()))
            process.kill()
            seen["killed"] += look_at_victim(fleet, machine, process)
            if chance.random() < 0.5:
                fleet.edit(machine, f"round {number} afterwards {chance.randrange(1 << 30)}")
        fleets.expect_done_or_beaten("witness", *fleet.finish(witness))
    return seen


def look_at_victim(fleet, machine, process):
    """Whatever was reached: the edit made here is still here. True if it was killed in time."""
    code, output = fleet.finish(process)
    if code != -signal.SIGKILL:
        fleets.expect_done_or_beaten(machine.name, code, output)
    document = fleets.expect_valid_file(machine)
    for path, value in fleet.edits_of(machine):
        fleets.expect_value(document, path, value)
    return code == -signal.SIGKILL


def measure_usual_run(fleet, chance):
    """How long a run takes that has something to merge, while others run."""
    spans = []
    for number in range(3):
        for machine in fleet.machines:
            fleet.edit(machine, f"measuring {number} {chance.randrange(1 << 30)}")
        started = time.monotonic()
        for process in [fleet.sync(machine) for machine in fleet.machines]:
            fleet.finish(process)
        spans.append(time.monotonic() - started)
        fleet.settle()
    return sorted(spans)[1]


def play(options, server, folder):
    chance = random.Random(options.seed)
    is_race = options.kind == "races"
    fleet = fleets.Fleet(server, options.binary, folder, RACERS if is_race else KILLED_FLEET)
    if not is_race:
        fleet.usual_run_s = measure_usual_run(fleet, chance)
    killed = 0
    for number in range(options.rounds):
        try:
            killed += (race if is_race else kill)(fleet, chance, number).get("killed", 0)
            fleet.settle()
            fleet.expect_nothing_lost()
        except fleets.Broken as broken:
            print(f"round {number}: {broken}")
            return 1
    words = f"{options.rounds} rounds, {fleet.runs} runs"
    print(f"{words}; {fleet.cost()}" if is_race else f"{words}, {killed} killed before their end")
    if not is_race and killed < options.rounds // 10:
        print("too few were killed: nothing was tested")
        return 1
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("kind", choices=sorted(ROUNDS))
    parser.add_argument("--binary", required=True, help="the start-claude to run")
    parser.add_argument("--server", choices=servers.NAMES, default="s3-serve")
    parser.add_argument("--environment", help="if not s3-serve: the file s3-server up wrote")
    parser.add_argument("--rounds", type=int, help="50 races, 200 kills")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    options = parser.parse_args()
    options.rounds = options.rounds or ROUNDS[options.kind]
    print(f"{options.kind}, {options.server}: --rounds {options.rounds} --seed {options.seed}")
    folder = tempfile.mkdtemp(prefix="start-claude-race-")
    server = None
    try:
        server = servers.connect(options.server, options.binary, folder, options.environment)
        return play(options, server, folder)
    except servers.ServerUnavailable as error:
        sys.exit(str(error))
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
