"""A user's machine: a HOME of its own, a host name, a clock."""

import glob
import json
import os
import re
import time

UNITS_S = {"s": 1, "min": 60, "h": 3600, "d": 86400}


def parse_span(words):
    """Seconds in ["2", "h"] or ["1", "d", "15", "h"]."""
    if not words or len(words) % 2:
        raise ValueError(f"not a span: {' '.join(words)}")
    return sum(float(words[i]) * UNITS_S[words[i + 1]] for i in range(0, len(words), 2))


def faketime_library():
    """The path to preload, or None."""
    found = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
    return found[0] if found else None


class Machine:
    def __init__(self, name, home, programs, variables):
        self.name, self.home = name, home
        self.clock_offset_s = 0.0
        os.makedirs(home, mode=0o700)
        self._environment = {
            "HOME": home,
            "USER": name,
            "PATH": f"{programs}:/usr/bin:/bin",
            "START_CLAUDE_HOST": name,
            "TZ": "Europe/Berlin",
            "LANG": "C.UTF-8",
            "TERM": "xterm",
            # Colour is another test's subject; transcripts are for reading.
            "NO_COLOR": "1",
            "ENDPOINT": variables["endpoint"],
            "BUCKET": variables["bucket"],
            "KEY_ID": variables["key-id"],
            "SECRET_FILE": os.path.join(home, "secret"),
        }
        for setting in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LLVM_PROFILE_FILE"):
            if setting in os.environ:
                self._environment[setting] = os.environ[setting]
        with open(self._environment["SECRET_FILE"], "w", encoding="ascii") as file:
            file.write(variables["secret"] + "\n")

    @property
    def environment(self):
        if not self.clock_offset_s:
            return dict(self._environment)
        # Files keep their age: on a machine with a wrong clock, they were written by that clock.
        return self._environment | {
            "LD_PRELOAD": faketime_library(),
            "FAKETIME": f"{self.clock_offset_s:+.0f}",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKE_UTIME": "1",
        }

    def path(self, name="config.json"):
        """Names are relative to ~/.start-claude, where the program's files are."""
        return os.path.join(self.home, ".start-claude", name)

    def write(self, name, text):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name="config.json"):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def document(self):
        return json.loads(self.read())

    def save(self, document):
        self.write("config.json", json.dumps(document, indent=2, ensure_ascii=False) + "\n")

    def age(self, seconds):
        then = time.time() - seconds
        os.utime(self.path(), (then, then))


def profile(name, is_default):
    """A profile as the manager makes them."""
    return {
        "name": name,
        "apiKey": f"sk-ant-{name}-9f2c",
        "model": "claude-sonnet-4",
        "enabled": True,
        "isDefault": is_default,
    }


def document_with(names):
    return {
        "version": 1,
        "configs": [profile(name, index == 0) for index, name in enumerate(names)],
        "settings": {},
    }


def find_profile(document, name):
    for candidate in document["configs"]:
        if candidate["name"] == name:
            return candidate
    raise ValueError(f"there is no profile {name}")


def set_field(document, path, value):
    """`path` is "production.model", "production.env.DEBUG" or "settings.theme"; None removes it."""
    first, *rest = re.split(r"\.", path)
    target = document["settings"] if first == "settings" else find_profile(document, first)
    for name in rest[:-1]:
        target = target.setdefault(name, {})
    if value is None:
        target.pop(rest[-1], None)
    else:
        target[rest[-1]] = value


def without_s3_sync(document):
    """What both sides must agree on."""
    settings = {k: v for k, v in document.get("settings", {}).items() if k != "s3Sync"}
    rest = {k: v for k, v in document.items() if k != "settings"}
    return rest | ({"settings": settings} if settings else {})
