#!/usr/bin/env python3
"""Requests that nobody who is well-meaning sends, to a real manager on a real socket.

    hostile_test.py --binary start-claude
"""

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

SECRET = "sk-ant-0123456789abcdef9f2c"


class Manager:
    def __init__(self, binary, home):
        os.makedirs(os.path.join(home, ".start-claude"), mode=0o700)
        self.file = os.path.join(home, ".start-claude", "config.json")
        with open(self.file, "w", encoding="utf-8") as file:
            json.dump({"configs": [{"name": "production", "apiKey": SECRET}]}, file)
        self.process = subprocess.Popen(
            [binary, "manager", "--port", "0", "--no-open"],
            env={"HOME": home, "PATH": "/usr/bin:/bin"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        shown = ""
        while "token=" not in shown:
            line = self.process.stdout.readline()
            if not line:
                sys.exit("the manager does not start: " + shown)
            shown += line
        self.port, self.token = re.search(r":(\d+)/\?token=(\w+)", shown).groups()
        self.port = int(self.port)

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def send(self, request, body=b""):
        with self.connect() as connection:
            try:
                connection.sendall(request.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
            except (BrokenPipeError, ConnectionResetError):
                pass  # refused before all of it was read
            received = b""
            while chunk := connection.recv(65536):
                received += chunk
            return received.decode(errors="replace")

    def status(self, request, body=b""):
        answer = self.send(request, body)
        assert SECRET not in answer, request
        return int(answer.split(" ", 2)[1]) if answer else 0

    def head(self, line, *more):
        host = [] if any(each.startswith("Host:") for each in more) else [f"Host: 127.0.0.1:{self.port}"]
        return "\n".join([line, *host, *more, "Connection: close"])

    @property
    def bearer(self):
        return "Authorization: Bearer " + self.token


def check(what, found, wanted):
    print(("ok   " if found in wanted else "FAIL ") + f"{what}: {found}")
    return found in wanted


def strangers(manager):
    get = "GET /api/configs HTTP/1.1"
    for what, request in {
        "no token": manager.head(get),
        "a wrong token": manager.head(get, "Authorization: Bearer 00"),
        "no token, the page": manager.head("GET / HTTP/1.1"),
        "a wrong token in the URL": manager.head("GET /?token=00 HTTP/1.1"),
        "the token in the URL of something else": manager.head(f"GET /api/configs?token={manager.token} HTTP/1.1"),
        "no token, a write": manager.head("POST /api/configs HTTP/1.1", "Content-Type: application/json", "Content-Length: 0"),
        "no token, no such path": manager.head("GET /nothing HTTP/1.1"),
    }.items():
        yield check(what, manager.status(request), [401])
    for what, more in {
        "a foreign Host": [f"Host: evil.example:{manager.port}"],
        "a foreign port": ["Host: 127.0.0.1:1"],
        "a foreign Origin": ["Origin: http://evil.example"],
        "no Origin to speak of": ["Origin: null"],
        "another site's request": ["Sec-Fetch-Site: cross-site"],
    }.items():
        yield check(what + ", with the token", manager.status(manager.head(get, *more, manager.bearer)), [403])
        yield check(what + ", without", manager.status(manager.head(get, *more)), [403])


def bodies(manager):
    huge = b"x" * 10_000_000
    post = ["POST /api/configs HTTP/1.1", "Content-Type: application/json", f"Content-Length: {len(huge)}"]
    yield check("10 MB with the token", manager.status(manager.head(*post, manager.bearer), huge), [413])
    yield check("10 MB without", manager.status(manager.head(*post), huge), [401])
    form = ["POST /api/configs HTTP/1.1", "Content-Type: text/plain", "Content-Length: 2", manager.bearer]
    yield check("not JSON", manager.status(manager.head(*form), b"{}"), [415])
    yield check("a huge head", manager.status(manager.head("GET / HTTP/1.1", "X: " + "x" * 100_000)), [431, 0])


def traversal(manager):
    for path in ["/../config.json", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/style.css/../../etc/passwd"]:
        yield check(path, manager.status(manager.head(f"GET {path} HTTP/1.1", manager.bearer)), [404])


def patience(manager):
    began = time.monotonic()
    silent = [manager.connect() for _ in range(200)]
    slow = manager.connect()
    slow.sendall(b"GET / HTTP/1.1\r\nHost: 127")
    healthy = manager.head("GET /api/health HTTP/1.1", manager.bearer)
    yield check("a request while 200 others say nothing", manager.status(healthy), [200])
    took = time.monotonic() - began
    yield check("and it is answered within 30 s", took < 30, [True])
    slow.settimeout(30)
    yield check("slow headers are not waited for", slow.recv(1) == b"", [True])
    for connection in [*silent, slow]:
        connection.close()
    yield check("afterwards", manager.status(healthy), [200])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    binary = parser.parse_args().binary
    with tempfile.TemporaryDirectory() as home:
        refused = subprocess.run([binary, "manager", "--host", "0.0.0.0"], env={"HOME": home}, capture_output=True)
        results = [check("--host for others without --insecure-listen", refused.returncode, [2])]
        manager = Manager(binary, home)
        try:
            for group in (strangers, bodies, traversal, patience):
                results.extend(group(manager))
            with open(manager.file, encoding="utf-8") as file:
                results.append(check("the file is as it was", SECRET in file.read(), [True]))
        finally:
            manager.process.terminate()
            results.append(check("it ends by SIGTERM", manager.process.wait(10), [0]))
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
