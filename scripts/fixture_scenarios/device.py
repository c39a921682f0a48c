"""A machine with the real program on it, whose exchanges with the store are recorded."""

import json
import os
import subprocess

from harness.machines import faketime_library

# The pair that S3's own documentation uses in its examples.
KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


class Device:
    def __init__(self, session, name, home, settings):
        self.session, self.name, self.home = session, name, home
        self.s3_sync = {"accessKeyId": KEY_ID, "secretAccessKey": SECRET} | settings
        self.clock_offset_s = 0
        os.makedirs(os.path.join(home, ".start-claude"), exist_ok=True)
        self.edit()

    def path(self, name):
        return os.path.join(self.home, ".start-claude", name)

    def edit(self, **models):
        """Profiles and their models; without any, only the settings are there."""
        configs = [{"name": name, "model": model} for name, model in models.items()]
        document = {"configs": configs, "settings": {"s3Sync": self.s3_sync}}
        with open(self.path("config.json"), "w", encoding="utf-8") as file:
            json.dump(document, file, indent=2)
            file.write("\n")

    def sync(self, *, recorded=True):
        record = os.path.join(self.home, "record.http")
        command = [self.session.binary, "s3-sync", "--no-input", "--record", record]
        outcome = subprocess.run(
            command, env=self._environment(), capture_output=True, text=True, timeout=120
        )
        with open(record, encoding="utf-8") as file:
            text = file.read()
        if recorded:
            self.session.texts.append(text[text.index("\n> ") + 1 :])
        return outcome

    def _environment(self):
        environment = {
            "HOME": self.home,
            "PATH": "/usr/bin:/bin",
            "TZ": "UTC",
            "START_CLAUDE_HOST": self.name,
        }
        if self.session.proxy:
            environment["http_proxy"] = self.session.proxy
        if self.clock_offset_s:
            environment["LD_PRELOAD"] = faketime_library()
            environment["FAKETIME"] = f"{self.clock_offset_s:+d}"
            environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1"
        return environment
