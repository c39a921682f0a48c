#!/usr/bin/env python3
"""Networks that are up to no good: the right exit code in time, and nothing changed.

    tests/e2e/hostile_test.py --binary build/debug/start-claude [CASE...]

Each case is a machine that has synced, a way of answering, and what comes of a sync without changes
(a GET) and of an upload (a PUT). Whatever happened, the next upload on an honest network works.
"""
import argparse
import concurrent.futures
import dataclasses
import gzip
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import typing

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import hostile  # noqa: E402
from harness.servers import S3Serve  # noqa: E402

TIMEOUT_S = 1
# A loaded machine is no failure; a program that does not heed --timeout is one.
PATIENCE_S = 15
SECRETS = ("sk-ant-hostile-1111", "sk-ant-hostile-2222", S3Serve.secret_access_key)


# ---- ways of answering ---------------------------------------------------------------------------


def reset_after_headers(connection, request, reply):
    connection.sendall(reply.having("Content-Length", "100").head())
    hostile.reset(connection)


def reset_in_body(connection, request, reply):
    connection.sendall(reply.having("Content-Length", "1000").head() + b'{"configs": [')
    hostile.reset(connection)


def silence(connection, request, reply):
    hostile.wait_for_hang_up(connection)


def byte_by_byte(connection, request, reply):
    for byte in reply.wire(request):
        connection.sendall(bytes([byte]))
        time.sleep(1)


def promise_too_much(connection, request, reply):
    connection.sendall(reply.having("Content-Length", str(len(reply.body) + 10)).wire(request))
    hostile.hang_up(connection)


def promise_too_little(connection, request, reply):
    length = str(max(0, len(reply.body) - 10))
    connection.sendall(reply.having("Content-Length", length).wire(request))


def compressed(connection, request, reply):
    body = gzip.compress(reply.body)
    reply = dataclasses.replace(reply, body=body).having("Content-Length", str(len(body)))
    connection.sendall(reply.having("Content-Encoding", "gzip").wire(request))


def page(status, reason, *headers):
    def answer(connection, request, reply):
        body = b"<!DOCTYPE html><html><title>Sign in to Hotel WiFi</title></html>"
        known = [("Content-Type", "text/html"), ("Content-Length", str(len(body))), *headers]
        connection.sendall(hostile.Reply(status, reason, known, body).wire(request))

    return answer


def padded(size):
    def answer(connection, request, reply):
        connection.sendall(reply.having("X-Padding", "x" * size).wire(request))

    return answer


def in_chunks(connection, request, reply):
    head = reply.without("content-length").having("Transfer-Encoding", "chunked").head()
    pieces = [reply.body[i : i + 7] for i in range(0, len(reply.body), 7)]
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    has_none = request.method == "HEAD" or reply.status in (204, 304)
    connection.sendall(head + (b"" if has_none else body))


def http_1_0(connection, request, reply):
    head = reply.without("content-length", "connection").head("HTTP/1.0")
    connection.sendall(head + (b"" if request.method == "HEAD" else reply.body))
    hostile.hang_up(connection)


def more_interim(connection, request, reply):
    interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    connection.sendall(interim * 2 + reply.wire(request))


def not_modified_with_body(connection, request, reply):
    if reply.status == 304:
        reply = dataclasses.replace(reply, body=b"nobody asked").having("Content-Length", "12")
    connection.sendall(reply.wire(request))


def with_header(name, value):
    return lambda connection, request, reply: connection.sendall(
        (reply.without(name.lower()) if value is None else reply.having(name, value)).wire(request)
    )


def lower_case_etag(connection, request, reply):
    etag = next((v for n, v in reply.headers if n.lower() == "etag"), None)
    if etag is not None:
        reply = reply.having("etag", etag)
    connection.sendall(reply.wire(request))


def weak_etag(connection, request, reply):
    etag = next((v for n, v in reply.headers if n.lower() == "etag"), None)
    if etag is not None:
        reply = reply.having("ETag", "W/" + etag)
    connection.sendall(reply.wire(request))


def refusal(status, body, *headers):
    def answer(connection, request, reply):
        known = [("Content-Length", str(len(body))), ("x-amz-request-id", "0"), *headers]
        connection.sendall(hostile.Reply(status, "No", known, body).wire(request))

    return answer


def coded(code, message):
    return f"<Error><Code>{code}</Code>{message}</Error>".encode()


# ---- the table -----------------------------------------------------------------------------------


@dataclasses.dataclass
class Case:
    name: str
    answer: typing.Callable  # None: connections are refused
    sync: int  # the exit codes
    upload: int
    says: str = ""  # part of what is said, by one of them
    reads_afresh: bool = False  # without a remembered state, so that a GET has a body
    is_way_out: bool = False  # s3-upload --force replaces what cannot be read


CASES = [
    Case("connection refused", None, 5, 5, "Connection refused"),
    Case("reset after headers", reset_after_headers, 5, 5, reads_afresh=True),
    Case("reset in the body", reset_in_body, 5, 5, reads_afresh=True),
    Case("silence", silence, 5, 5, f"within {TIMEOUT_S} s"),
    Case("one byte a second", byte_by_byte, 5, 5, f"within {TIMEOUT_S} s"),
    Case("more promised than sent", promise_too_much, 5, 5, "ended after", reads_afresh=True),
    Case("less promised than sent", promise_too_little, 7, 7, "checksum", reads_afresh=True,
         is_way_out=True),
    Case("compressed unasked", compressed, 7, 7, "came compressed (Content-Encoding: gzip)",
         reads_afresh=True, is_way_out=True),
    Case("a web page", page(200, "OK"), 5, 5, "web page"),
    Case("a redirect to a login page",
         page(302, "Found", ("Location", "http://127.0.0.1:1/login")), 5, 5, "web page"),
    Case("a header of 100 KB", padded(100 * 1024), 5, 5, "too many headers"),
    Case("a header of 90 KB", padded(90 * 1024), 0, 0),
    Case("in chunks", in_chunks, 0, 0, reads_afresh=True),
    Case("HTTP/1.0", http_1_0, 0, 0, reads_afresh=True),
    Case("more interim answers", more_interim, 0, 0),
    Case("304 with a body", not_modified_with_body, 0, 0),
    Case("a wrong Date", with_header("Date", "Sun, 01 Jan 2034 00:00:00 GMT"), 0, 0,
         "behind the server"),
    Case("a Date that is none", with_header("Date", "yesterday"), 0, 0),
    Case("no Date", with_header("Date", None), 0, 0),
    Case("etag in lower case", lower_case_etag, 0, 0),
    Case("no ETag", with_header("ETag", None), 0, 0),
    Case("a weak ETag", weak_etag, 0, 0),
    Case("an error with an empty message", refusal(403, coded("AccessDenied", "<Message/>")), 4, 4,
         "not allowed to read s3://"),
    Case("an error of a code nobody knows", refusal(400, coded("Weird", "<Message></Message>")),
         1, 1, "400 Weird"),
    Case("403 without a body", refusal(403, b""), 4, 4, "gave no reason"),
    Case("500 without a body", refusal(500, b""), 5, 5, "500"),
    Case("half an error", refusal(403, b"<Error><Code>AccessDen"), 4, 4, "gave no reason"),
]


# ---- one case ------------------------------------------------------------------------------------


class Machine:
    def __init__(self, binary, server, home, bucket):
        self.binary, self.home, self.bucket, self.server = binary, home, bucket, server
        self.folder = home / ".start-claude"
        self.folder.mkdir(parents=True, mode=0o700)
        self.front = hostile.HostileFront(server.port)
        self.said = ""

    def run(self, *arguments):
        began = time.monotonic()
        command = [str(self.binary), *arguments, "--no-input"]
        # Too few descriptors for a program that leaks them.
        done = subprocess.run(["/bin/sh", "-c", 'ulimit -n 32; exec "$@"', "sh", *command],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=60, env={"HOME": str(self.home), "PATH": "/usr/bin:/bin",
                                               "START_CLAUDE_HOST": "lark", **SANITIZERS})
        took = time.monotonic() - began
        self.said += done.stdout + done.stderr
        self.last = done.stdout + done.stderr
        assert took < PATIENCE_S, f"{arguments[0]} took {took:.1f} s"
        return done.returncode

    def save(self, api_key):
        path = self.folder / "config.json"
        known = json.loads(path.read_text()) if path.exists() else {}
        known["configs"] = [{"name": "production", "apiKey": api_key}]
        path.write_text(json.dumps(known))
        path.chmod(0o600)

    def set_up(self, secret_file):
        self.save(SECRETS[0])
        code = self.run("s3-setup", "--service", "custom", "--bucket", self.bucket,
                        "--create-bucket", "--region", "us-east-1", "--endpoint",
                        f"http://127.0.0.1:{self.front.port}", "--access-key-id",
                        self.server.access_key_id, "--secret-access-key-file", str(secret_file))
        assert code == 0, self.last

    def contents(self, root):
        """What must stay: everything but the journal's additions, the cache of its end and the
        lock's note."""
        return {
            str(path.relative_to(root)): (hashlib.sha256(path.read_bytes()).hexdigest(),
                                          path.stat().st_mtime_ns)
            for path in sorted(root.rglob("*"))
            if path.is_file() and path.name not in ("s3.lock", "s3-journal", "s3-state.json")
        }


def play(case, binary, server, scratch, secret_file):
    name = re.sub(r"[^a-z0-9]+", "-", case.name.lower())
    machine = Machine(binary, server, scratch / name, f"b-{name}")
    machine.set_up(secret_file)
    bucket = scratch / "serve" / "buckets" / machine.bucket
    if case.reads_afresh:
        for name in ("s3-state.json", "s3-journal"):
            (machine.folder / name).unlink()

    def hostile_run(command, expected):
        before = machine.contents(machine.folder), machine.contents(bucket)
        code = machine.run(*command.split(), "--timeout", str(TIMEOUT_S))
        assert code == expected, f"{command}: exit {code}, not {expected}: {machine.last}"
        if expected != 0:
            after = machine.contents(machine.folder), machine.contents(bucket)
            assert after == before, f"{command} changed something: {before} {after}"
            assert "start-claude: error: " in machine.last, machine.last
            assert len(machine.last.splitlines()) <= 4, f"too much is said: {machine.last}"

    machine.said = ""
    if case.answer is None:
        machine.front.down()
    else:
        machine.front.answer = case.answer
    fails = case.upload != 0
    machine.front.forwards = lambda method: method in ("GET", "HEAD") or not fails
    hostile_run("s3-sync", case.sync)
    machine.save(SECRETS[1])
    hostile_run("s3-upload", case.upload)
    assert case.says in machine.said, f"not said: {case.says}: {machine.said}"
    said = machine.said
    for unwanted in (*SECRETS, "<Error>", "<html", "<Code>", "curl", "terminate"):
        assert unwanted not in said, f"said: {unwanted}: {said}"

    if case.is_way_out:
        hostile_run("s3-download --force", 7)
        machine.front.forwards = lambda method: True
        hostile_run("s3-upload --force", 0)
        assert "Uploaded 1 profile" in machine.last, machine.last
    if case.answer is None:
        machine.front.up()
    machine.front.answer = hostile.honest
    machine.front.forwards = lambda method: True
    # Without a state nobody can tell which side is newer.
    code = machine.run("s3-upload", *(["--force"] if case.reads_afresh else []))
    assert code == 0, f"honest again: exit {code}: {machine.last}"
    stored = [path for path in bucket.rglob("*") if path.is_file()]
    assert any(SECRETS[1] in path.read_text(errors="replace") for path in stored), "not uploaded"


# Set by whoever runs this under a sanitizer.
SANITIZERS = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("cases", nargs="*", help="part of a case's name; without any, all")
    options = parser.parse_args()
    chosen = [case for case in CASES
              if not options.cases or any(part in case.name for part in options.cases)]
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        server = S3Serve(options.binary.resolve(), scratch / "serve")
        secret_file = scratch / "serve" / "secret"
        try:
            with concurrent.futures.ThreadPoolExecutor(len(chosen)) as pool:
                runs = {case.name: pool.submit(play, case, options.binary.resolve(), server,
                                               scratch, secret_file) for case in chosen}
            for name, run in runs.items():
                error = run.exception()
                failed += error is not None
                print(f"{'FAILED' if error else 'ok':8}{name}" + (f"\n  {error!r}" if error else ""))
        finally:
            server.stop()
    print(f"{len(chosen) - failed} of {len(chosen)} passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
