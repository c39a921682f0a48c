#!/usr/bin/python3
"""Machines that sync at the same moment, and runs that are killed at any moment.

    race_test.py --binary build/debug/start-claude races            8 machines, all at once
    race_test.py --binary build/debug/start-claude unsettled        round after round, without a pause
    race_test.py --binary build/debug/start-claude kills            kill -9 at random moments
                 [--server s3-serve|real|swift] [--environment FILE]
                 [--machines N] [--rounds N] [--seed N]

After each round (unsettled: after the last): nothing is lost, every file is valid and nobody else's
to read, all machines and the store are equal. Machines edit only what no other edits, so every run
that is not killed ends with 0 at the first try and tells of no conflict. The seed is printed; it
decides who edits and when who is killed, but not how the processes happen to interleave. Exit 0:
kept; 1: not.
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


def race(fleet, chance, number):
    """Everybody edits fields of its own, then all sync at once."""
    order = list(fleet.machines)
    chance.shuffle(order)
    for machine in order:
        fleet.edit(machine, f"round {number} {chance.randrange(1 << 30)}")
    fleet.sync_at_once(order)


def kill(fleet, chance, number):
    """Everybody edits; the first two are killed somewhere between their start and their end, and
    some of these are edited before they sync again."""
    for machine in fleet.machines:
        fleet.edit(machine, f"round {number} {chance.randrange(1 << 30)}")
    killed = 0
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
            killed += look_at_victim(fleet, machine, process)
            if chance.random() < 0.5:
                fleet.edit(machine, f"round {number} afterwards {chance.randrange(1 << 30)}")
        fleets.expect_all_done([("witness", *fleet.finish(witness))])
    return killed


def look_at_victim(fleet, machine, process):
    """Whatever was reached: the edit made here is still here. True if it was killed in time."""
    code, output = fleet.finish(process)
    if code != -signal.SIGKILL:
        fleets.expect_all_done([(machine.name, code, output)])
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


def play_races(fleet, chance, rounds):
    """After each round all sync until they are equal."""
    for number in range(rounds):
        race(fleet, chance, number)
        fleet.settle()
        fleet.expect_nothing_lost()
        yield number


def play_unsettled(fleet, chance, rounds):
    """Nobody waits for anybody until the last round is over."""
    for number in range(rounds):
        race(fleet, chance, number)
        yield number
    fleet.level()
    fleet.expect_nothing_lost()


def play_kills(fleet, chance, rounds):
    fleet.usual_run_s = measure_usual_run(fleet, chance)
    for number in range(rounds):
        fleet.killed += kill(fleet, chance, number)
        fleet.settle()
        fleet.expect_nothing_lost()
        yield number
    if fleet.killed < rounds // 10:
        raise fleets.Broken("too few were killed: nothing was tested")


# How it is played, with so many machines, in so many rounds.
KINDS = {
    "races": (play_races, RACERS, 50),
    "unsettled": (play_unsettled, RACERS, 50),
    "kills": (play_kills, KILLED_FLEET, 200),
}


def play(options, server, folder):
    player, machines, _ = KINDS[options.kind]
    chance = random.Random(options.seed)
    fleet = fleets.Fleet(server, options.binary, folder, options.machines or machines)
    ended, code = 0, 0
    try:
        for number in player(fleet, chance, options.rounds):
            ended = number + 1
    except fleets.Broken as broken:
        print(f"round {ended}: {broken}")
        code = 1
    print(f"{ended} rounds, {fleet.cost()}")
    return code


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("kind", choices=sorted(KINDS))
    parser.add_argument("--binary", required=True, help="the start-claude to run")
    parser.add_argument("--server", choices=servers.NAMES, default="s3-serve")
    parser.add_argument("--environment", help="if not s3-serve: the file s3-server up wrote")
    parser.add_argument("--rounds", type=int, help="50, or 200 kills")
    parser.add_argument("--machines", type=int, help="8, or 3 with kills")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    options = parser.parse_args()
    options.rounds = options.rounds or KINDS[options.kind][2]
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
