"""Plays one transcript in a world of its own, and says where reality differs."""

import difflib
import os
import re
import secrets

from . import actions, machines, patterns, programs
from .forwarder import Forwarder
from .s3_client import S3Client, S3Error
from .transcript import Action, TranscriptError


class Mismatch(Exception):
    """Carries the report for the reader of the test's output."""


class World:
    """A bucket, the machines that share it, and the way to the server."""

    def __init__(self, server, binary, folder, name):
        self.folder = folder
        self.forwarder = Forwarder(server.port)
        # Straight to the server: looking at the bucket must work while the way to it is cut.
        self.s3 = S3Client(
            "127.0.0.1", server.port, server.access_key_id, server.secret_access_key
        )
        stem = re.sub(r"[^a-z0-9]+", "-", name)[:40].strip("-")
        self.bucket = f"{stem}-{secrets.token_hex(4)}"
        self.s3.create_bucket(self.bucket)
        self.variables = {
            "bucket": self.bucket,
            "endpoint": f"http://127.0.0.1:{self.forwarder.port}",
            "key-id": server.access_key_id,
            "secret": server.secret_access_key,
        }
        self.remembered = {}
        self.background_failure = ""
        self._machines = {}
        self._programs = os.path.join(folder, "bin")
        os.makedirs(self._programs)
        os.symlink(os.path.abspath(binary), os.path.join(self._programs, "start-claude"))

    def machine(self, name):
        if name not in self._machines:
            home = os.path.join(self.folder, name)
            self._machines[name] = machines.Machine(name, home, self._programs, self.variables)
        return self._machines[name]

    def close(self):
        self.forwarder.down()
        self.s3.delete(self.bucket, actions.KEY)


def _perform(world, step):
    name, *arguments = step.words
    action = actions.ACTIONS.get(name)
    if action is None:
        raise TranscriptError(f"line {step.line}: there is no action {name}")
    try:
        action(world, step, *arguments)
    except (actions.ActionFailed, S3Error) as error:
        raise Mismatch(f"line {step.line}: {step.source[0]}\n{error}") from None


def _run(world, step, insist):
    machine = world.machine(step.machine)
    stages = patterns.stages(step.body, world.variables)
    command = patterns.fill_in(step.text, world.variables)
    if step.on_terminal:
        return programs.run_on_terminal(
            command, machine.environment, machine.home, stages, insist
        )
    if len(stages) > 1:
        raise TranscriptError(f"line {step.line}: answers need a terminal")
    return programs.run_without_terminal(command, machine.environment, machine.home)


def _difference(world, step, outcome):
    """Expected against real, where lines that match count as the same."""
    expected = list(step.body) + ([f"[exit {step.exit}]"] if step.exit else [])
    matchers = [(line, patterns.line_pattern(line, world.variables)) for line in expected]
    real = outcome.text.split("\n")
    if real[-1] == "":
        real.pop()
    if outcome.exit:
        real.append(f"[exit {outcome.exit}]")
    shown = []
    for line in real:
        same = [source for source, matcher in matchers if matcher.fullmatch(line)]
        same = [source for source in same if source.strip() != "..."]
        shown.append(same[0] if same else line)
    lines = difflib.unified_diff(expected, shown, "expected", "real", lineterm="", n=100)
    return "\n".join("  " + line for line in lines)


def check(world, step, outcome):
    """Raises Mismatch unless the command did what the transcript says."""
    pattern = patterns.stages(step.body, world.variables)[-1][0]
    problems = []
    if outcome.problem:
        problems.append(outcome.problem)
    if not pattern.fullmatch(outcome.text):
        problems.append("the output differs")
    if outcome.exit != step.exit:
        problems.append(f"exit {outcome.exit} instead of {step.exit}")
    for kind, piece in outcome.pieces:
        if kind == "typed" and piece.hidden and piece.text and piece.text in outcome.text:
            problems.append("a hidden answer was shown")
    if world.background_failure:
        problems.append("the command in between failed: " + world.background_failure)
    if problems:
        report = f"line {step.line}: {step.source[0]}\n{'; '.join(problems)}\n"
        raise Mismatch(report + _difference(world, step, outcome))


def play(transcript, world):
    """Raises Mismatch at the first step that goes differently."""
    for step in transcript.steps:
        if isinstance(step, Action):
            _perform(world, step)
        else:
            check(world, step, _run(world, step, insist=True))


def record(transcript, world, text):
    """`text`, with the output that the commands really have. A writer must still read it."""
    lines = text.split("\n")
    edits = []
    for step in transcript.steps:
        if isinstance(step, Action):
            _perform(world, step)
            continue
        outcome = _run(world, step, insist=False)
        try:
            check(world, step, outcome)
        except Mismatch:
            edits.append((step, _recorded(world, step, outcome)))
    for step, recorded in reversed(edits):
        start = step.line - 1 + len(step.source)
        end = start + len(step.body)
        if end < len(lines) and lines[end].startswith("[exit "):
            end += 1
        lines[start:end] = recorded
    return "\n".join(lines)


def _recorded(world, step, outcome):
    text, echo = "", ""
    for kind, piece in outcome.pieces:
        if kind == "typed":
            text += f"‹{piece.text}›" if piece.hidden else f"«{piece.text}»"
            echo = "" if piece.hidden or piece.is_control else piece.text
        else:
            text += piece.removeprefix(echo)
            echo = ""
    result = []
    matchers = [(line, patterns.line_pattern(line, world.variables)) for line in step.body]
    for line in text.removesuffix("\n").split("\n") if text else []:
        echoed = patterns.ANSWER.sub(lambda match: match.group(1) or "", line)
        same = [source for source, matcher in matchers if matcher.fullmatch(echoed)]
        same = [source for source in same if source.strip() != "..."]
        result.append(same[0] if same else patterns.generalize(line, world.variables))
    return result + ([f"[exit {outcome.exit}]"] if outcome.exit else [])
