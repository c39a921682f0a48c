#!/usr/bin/env python3
"""Requests without a pause while another machine changes the profiles and this one syncs them.

    balance_load_test.py --binary PATH [--syncs N] [--clients N]

Each sync gives every profile a new key, and every other one takes a profile away.
No request may fail, and no server may ever see a key that is not its own.
"""

import argparse
import json
import os
import socket
import sys
import tempfile
import threading
import time

from balance.process import Machine
from balance.upstream import PATIENCE, Upstream
from harness.servers import S3Serve


class Client(threading.Thread):
    """Sends one request after the other on a kept connection."""

    def __init__(self, balance):
        super().__init__(daemon=True)
        self.balance = balance
        self.answers = 0
        self.keys = set()
        self.problem = None
        self.stopping = threading.Event()

    def run(self):
        body = b'{"model":"theirs","stream":true}'
        request = (
            f"POST /v1/messages HTTP/1.1\r\nHost: x\r\nx-api-key: {self.balance.token}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode() + body
        try:
            with socket.create_connection(("127.0.0.1", self.balance.port), PATIENCE) as connection:
                with connection.makefile("rb") as stream:
                    while not self.stopping.is_set():
                        connection.sendall(request)
                        self.keys.add(self.read_answer(stream))
                        self.answers += 1
        except Exception as problem:  # whatever it is, it is a failed request
            self.problem = repr(problem)

    @staticmethod
    def read_answer(stream):
        line = stream.readline()
        if b" 200 " not in line:
            raise AssertionError(f"answered {line!r}")
        while stream.readline() not in (b"\r\n", b""):
            pass
        body = b""
        while size := int(stream.readline(), 16):
            body += stream.read(size)
            stream.readline()
        stream.readline()
        if body.count(b"\n") != 3:
            raise AssertionError(f"cut: {body!r}")
        return body.split(b"\n")[0].decode()


def stream_the_key(exchange):
    exchange.begin_stream()
    exchange.send_chunk(exchange.request.key + "\n")
    exchange.send_chunk("two\n")
    exchange.send_chunk("three\n")
    exchange.end_stream()


class Fleet:
    """Two machines with one bucket: `there` writes, `here` serves."""

    def __init__(self, binary, server, secret_file):
        self.apis = {name: Upstream(stream_the_key) for name in ("a", "b", "c")}
        self.here, self.there = Machine(binary), Machine(binary)
        self.round = 0
        self.write(self.here)
        for name, machine in (("here", self.here), ("there", self.there)):
            machine.environment["START_CLAUDE_HOST"] = name
            self.must(
                machine, "s3-setup", "--no-input", "--service", "custom", "--create-bucket",
                "--endpoint", f"http://127.0.0.1:{server.port}", "--bucket", "team", "--region",
                "us-east-1", "--access-key-id", server.access_key_id,
                "--secret-access-key-file", secret_file,
            )  # fmt: skip

    @staticmethod
    def must(machine, *arguments):
        done = machine.run(*arguments)
        if done.returncode != 0:
            raise AssertionError(f"{arguments[0]}: {done.stdout}{done.stderr}")

    def write(self, machine):
        """New keys for all, and every other time one profile less."""
        names = ["a", "b", "c"] if self.round % 2 == 0 else ["a", "b"]
        settings = {}
        if os.path.exists(machine.config):
            with open(machine.config, encoding="utf-8") as file:
                settings = json.load(file)["settings"]
        mode = settings.pop("balanceMode", {})
        profiles = [
            {"name": name, "id": name, "baseUrl": self.apis[name].url,
             "apiKey": f"sk-of-{name}-{self.round:04}"}
            for name in names
        ]  # fmt: skip
        machine.write(profiles, {**mode, "strategy": "Polling"}, **settings)

    def change_and_sync(self):
        self.round += 1
        self.write(self.there)
        self.must(self.there, "s3-sync")
        self.must(self.here, "s3-sync")

    def mixed_keys(self):
        return [
            f"{name} was sent {request.key}"
            for name, api in self.apis.items()
            for request in api.requests
            if not request.key.startswith(f"sk-of-{name}-")
        ]

    def close(self):
        self.here.close()
        self.there.close()
        for api in self.apis.values():
            api.close()


def play(fleet, arguments):
    balance = fleet.here.balance()
    clients = [Client(balance) for _ in range(arguments.clients)]
    for client in clients:
        client.start()
    began = time.monotonic()
    for number in range(1, arguments.syncs + 1):
        fleet.change_and_sync()
        balance.out.wait_for("Reloaded:", number)
        # The load itself says when its next second has gone.
        clients[0].stopping.wait(max(0.0, began + number - time.monotonic()))
    took = time.monotonic() - began
    for client in clients:
        client.stopping.set()
    for client in clients:
        client.join(PATIENCE)
    problems = [client.problem for client in clients if client.problem] + fleet.mixed_keys()
    answers = sum(client.answers for client in clients)
    seen = {key for client in clients for key in client.keys}
    newest = f"sk-of-a-{fleet.round:04}"
    if newest not in {request.key for request in fleet.apis["a"].requests[-50:]}:
        problems.append(f"{newest} was never used")
    print(
        f"{answers} requests from {len(clients)} clients in {took:.0f} s beside "
        f"{arguments.syncs} syncs: {len(problems)} problems, {len(seen)} keys in use"
    )
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--syncs", type=int, default=4)
    parser.add_argument("--clients", type=int, default=8)
    arguments = parser.parse_args()
    binary = os.path.abspath(arguments.binary)
    with tempfile.TemporaryDirectory(prefix="balance-load-") as folder:
        server = S3Serve(binary, folder)
        fleet = Fleet(binary, server, os.path.join(folder, "secret"))
        try:
            problems = play(fleet, arguments)
        finally:
            fleet.close()
            server.stop()
    for problem in problems[:20]:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
