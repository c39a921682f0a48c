#!/usr/bin/env python3
"""`start-claude balance` as it is, against servers that stream, stall, fail, and cut off.

    balance_test.py --binary PATH [unittest's arguments]
"""

import json
import os
import pathlib
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import unittest

from balance import upstream as does
from balance.process import PATIENCE, Machine, key_of, profile, take_binary
from balance.upstream import Upstream
from harness.fronts import Proxy, TlsFront, make_authority

BINARY = "start-claude"


class BalanceTest(unittest.TestCase):
    def setUp(self):
        self.machine = Machine(BINARY)
        self.addCleanup(self.machine.close)

    def upstream(self, behave=does.ok):
        server = Upstream(behave)
        self.addCleanup(server.close)
        return server

    def start(self, *profiles, mode=None, arguments=()):
        self.machine.write(list(profiles), mode)
        return self.machine.balance(*arguments)

    def pair(self, first, mode=None, second=does.ok):
        """Two endpoints, the first of which is preferred, and the proxy over them."""
        one, two = self.upstream(first), self.upstream(second)
        balance = self.start(
            profile("one", one, order=1), profile("two", two, order=2), mode=mode
        )
        return one, two, balance


class Passing(BalanceTest):
    def test_tokens_arrive_one_by_one(self):
        go_on = [threading.Event() for _ in range(5)]

        def stream(exchange):
            exchange.begin_stream()
            for number, event in enumerate(go_on):
                exchange.send_chunk(f"data: {number}\n\n")
                if not event.wait(PATIENCE):
                    return exchange.cut()
            exchange.end_stream()

        balance = self.start(profile("one", self.upstream(stream)))
        with subprocess.Popen(
            balance.curl_command("-N", "-d", '{"stream":true}'), stdout=subprocess.PIPE, text=True
        ) as curl:
            # The server does not say the next one before the client has this one.
            for number, event in enumerate(go_on):
                self.assertEqual(curl.stdout.readline(), f"data: {number}\n")
                self.assertEqual(curl.stdout.readline(), "\n")
                event.set()
            self.assertEqual(curl.stdout.read(), "")
            self.assertEqual(curl.wait(PATIENCE), 0)

    def test_a_head_does_not_wait_for_its_body(self):
        go_on = threading.Event()

        def stream(exchange):
            exchange.begin_stream()
            go_on.wait(PATIENCE)
            exchange.send_chunk("data: 0\n")
            exchange.end_stream()

        balance = self.start(profile("one", self.upstream(stream)))
        with socket.create_connection(("127.0.0.1", balance.port), timeout=PATIENCE) as client:
            client.sendall(
                f"GET / HTTP/1.1\r\nHost: x\r\nx-api-key: {balance.token}\r\n"
                "Connection: close\r\n\r\n".encode()
            )
            received = b""
            while not received.endswith(b"\r\n\r\n"):
                received += client.recv(1)
            go_on.set()
            while chunk := client.recv(4096):
                received += chunk
        self.assertTrue(received.endswith(b"8\r\ndata: 0\n\r\n0\r\n\r\n"), received)

    def test_what_is_passed_on_and_what_is_not(self):
        server = self.upstream(
            lambda exchange: exchange.answer(
                200, b"body", ["Set-Cookie: a=b", "request-id: r1", "Connection: x-hop", "X-Hop: 1"]
            )
        )
        balance = self.start(
            profile(
                "one",
                server.url + "/base/",
                authToken="token-of-one",
                customHeaders="X-Team: blue\nX-More: yes",
                model="ours",
            )
        )
        body = '{ "messages" : [ 1.0, "\\u00e9" ], "model":"theirs" ,"stream": false}'
        done = balance.curl(
            "-i", "-d", body, "-H", "Cookie: session=1", "-H", "anthropic-version: 2023-06-01",
            "-H", "Content-Type: application/json", "-H", "Connection: X-Private",
            "-H", "X-Private: 1", "-H", f"Authorization: Bearer {balance.token}",
            path="/v1/messages?beta=true&x=%2F",
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)
        head, _, answer = done.stdout.partition("\n\n")
        self.assertEqual(answer, "body")
        self.assertIn("request-id: r1", head)
        for gone in ("Set-Cookie", "X-Hop"):
            self.assertNotIn(gone, head)
        (request,) = server.requests
        self.assertEqual(request.target, "/base/v1/messages?beta=true&x=%2F")
        self.assertEqual(request.body.decode(), body.replace("theirs", "ours"))
        self.assertEqual(request.headers["x-api-key"], key_of("one"))
        self.assertEqual(request.headers["authorization"], "Bearer token-of-one")
        self.assertEqual(request.headers["x-team"], "blue")
        self.assertEqual(request.headers["anthropic-version"], "2023-06-01")
        self.assertEqual(request.headers["host"], f"127.0.0.1:{server.port}")
        for gone in ("cookie", "x-private", "connection", "transfer-encoding"):
            self.assertNotIn(gone, request.headers)
        self.assertNotIn(balance.token, request.head)

    def test_only_who_has_the_token_is_served(self):
        server = self.upstream()
        balance = self.start(profile("one", server))
        for header in ("x-api-key: wrong", "Authorization: Bearer " + key_of("one"), "X-A: b"):
            for path in ("/v1/messages", "/__status"):
                done = subprocess.run(
                    ["curl", "-sS", "-w", "%{http_code}", "-H", header, "-d", "{}",
                     balance.url + path],
                    capture_output=True, text=True, check=False,
                )  # fmt: skip
                self.assertIn("authentication_error", done.stdout)
                self.assertTrue(done.stdout.endswith("401"))
        self.assertEqual(server.requests, [])
        done = balance.curl("-H", f"Authorization: Bearer {balance.token}", token="")
        self.assertEqual(json.loads(done.stdout)["key"], key_of("one"))

    def test_the_profiles_proxies_are_used(self):
        http_proxy, https_proxy = self.upstream(), self.upstream(does.status(502))
        balance = self.start(
            profile("one", "http://upstream.test/base", httpProxy=http_proxy.url, order=1),
            profile("two", "https://upstream.test", httpsProxy=https_proxy.url, order=0),
        )
        self.assertEqual(balance.key_used(), key_of("one"))
        self.assertEqual(https_proxy.requests[0].method, "CONNECT")
        self.assertEqual(https_proxy.requests[0].target, "upstream.test:443")
        self.assertNotIn("sk-", https_proxy.requests[0].head)
        self.assertEqual(http_proxy.requests[0].target, "http://upstream.test/base/v1/messages")

    def test_a_client_that_goes_away_cancels_the_request(self):
        closed = threading.Event()

        def stream(exchange):
            exchange.begin_stream()
            exchange.send_chunk("data: 0\n\n")
            if exchange.wait_until_closed():
                closed.set()

        balance = self.start(profile("one", self.upstream(stream)))
        with subprocess.Popen(
            balance.curl_command("-N", "-d", "{}"), stdout=subprocess.PIPE, text=True
        ) as curl:
            self.assertEqual(curl.stdout.readline(), "data: 0\n")
            curl.kill()
        self.assertTrue(closed.wait(PATIENCE))
        self.assertEqual(balance.endpoint("one")["state"], "well")

    def test_large_bodies_and_slow_readers_lose_nothing(self):
        size = 20_000_000
        server = self.upstream(
            lambda exchange: exchange.answer(200, exchange.request.body)
        )
        balance = self.start(profile("one", server))
        with subprocess.Popen(
            balance.curl_command("-N", "--data-binary", "@-", "-H", "Expect:"),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        ) as curl:  # fmt: skip
            curl.stdin.write(b"x" * size)
            curl.stdin.close()
            received = 0
            while piece := curl.stdout.read(65536):
                received += len(piece)
            self.assertEqual(curl.wait(PATIENCE), 0)
        self.assertEqual(received, size)


class Failing(BalanceTest):
    def test_statuses_that_ban(self):
        for code in (401, 403, 429, 500, 503, 529):
            with self.subTest(code):
                one, two, balance = self.pair(does.status(code))
                self.assertEqual(balance.key_used(), key_of("two"))
                self.assertEqual(balance.key_used(), key_of("two"))
                self.assertEqual(len(one.requests), 1)
                self.assertEqual(len(two.requests), 2)
                balance.out.wait_for(f"one: left alone for 5 min 0 s: status {code}")
                self.assertEqual(balance.endpoint("one")["state"], "banned")
                balance.stop()

    def test_statuses_that_are_the_clients_own_business(self):
        for code in (400, 404, 413, 422):
            with self.subTest(code):
                one, two, balance = self.pair(does.status(code))
                self.assertEqual(balance.post(), (code, '{"error":"theirs"}'))
                self.assertEqual((len(one.requests), len(two.requests)), (1, 0))
                balance.stop()

    def test_no_connection_no_answer_no_whole_head(self):
        def cut_head(exchange):
            exchange.send("HTTP/1.1 200 OK\r\nContent-Le")
            exchange.cut()

        quick = {"timeouts": {"firstByteMs": 300}}
        for behave in (does.close, does.stall, cut_head):
            one, two, balance = self.pair(behave, quick)
            self.assertEqual(balance.key_used(), key_of("two"))
            self.assertEqual(balance.endpoint("one")["state"], "banned")
            self.assertEqual(len(two.requests), 1)
            balance.stop()
        one, two, balance = self.pair(does.ok)
        one.close()
        self.assertEqual(balance.key_used(), key_of("two"))
        balance.out.wait_for("one: left alone for 5 min 0 s: could not connect")

    def test_once_a_byte_has_arrived_there_is_no_other_endpoint(self):
        def cut(exchange):
            exchange.begin_stream()
            exchange.send_chunk("data: 0\n\n")
            exchange.cut()

        def cut_length(exchange):
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\ndata: 0\n\n")
            exchange.cut()

        for behave in (cut, cut_length):
            one, two, balance = self.pair(behave)
            done = balance.curl("-N", "-d", "{}")
            self.assertEqual(done.stdout, "data: 0\n\n")
            self.assertEqual(done.returncode, 18, done.stderr)  # a partial file
            self.assertEqual(two.requests, [])
            self.assertEqual(balance.endpoint("one")["failures"], 1)
            balance.stop()

    def test_a_stream_that_stalls_is_ended(self):
        def stalling(exchange):
            exchange.begin_stream()
            exchange.send_chunk("data: 0\n\n")
            exchange.wait_until_closed()

        balance = self.start(
            profile("one", self.upstream(stalling)), mode={"timeouts": {"stallMs": 200}}
        )
        done = balance.curl("-N", "-d", "{}")
        self.assertEqual((done.stdout, done.returncode), ("data: 0\n\n", 18))
        balance.out.wait_for("one: left alone for 5 min 0 s: nothing more for 0 s")

    def test_retry_after_is_honoured(self):
        one, two, balance = self.pair(
            does.status(429, "Retry-After: 40"), second=does.status(429, "Retry-After: 30")
        )
        # The last one's answer is the client's.
        self.assertEqual(balance.post(), (429, '{"error":"theirs"}'))
        balance.out.wait_for("one: left alone for 40 s: status 429")
        balance.out.wait_for("two: left alone for 30 s: status 429")
        done = balance.curl("-i", "-d", "{}")
        self.assertIn("HTTP/1.1 429", done.stdout)
        self.assertRegex(done.stdout, r"Retry-After: (30|29|28)")
        self.assertIn("every profile asked to be left alone", done.stdout)
        self.assertEqual((len(one.requests), len(two.requests)), (1, 1))

    def test_a_ban_ends(self):
        one, _, balance = self.pair(
            does.status(503), {"failedEndpoint": {"banDurationSeconds": 1}}
        )
        self.assertEqual(balance.key_used(), key_of("two"))
        one.behave = does.ok
        balance.out.wait_for("one: works again")
        self.assertEqual(balance.key_used(), key_of("one"))

    def test_when_all_have_failed_they_are_tried_all_the_same(self):
        server = self.upstream(does.status(500))
        balance = self.start(profile("one", server))
        self.assertEqual(balance.post(), (500, '{"error":"theirs"}'))
        server.behave = does.ok
        self.assertEqual(balance.key_used(), key_of("one"))
        balance.out.wait_for("one: works again")

    def test_nobody_there_at_all(self):
        server = self.upstream()
        server.close()
        balance = self.start(profile("one", server))
        code, text = balance.post()
        self.assertEqual(code, 502)
        self.assertIn("one: could not connect", json.loads(text)["error"]["message"])

    def test_health_checks(self):
        checks = {"healthCheck": {"enabled": True, "intervalMs": 1000}}
        server = self.upstream(does.status(503))
        balance = self.start(profile("one", server), mode=checks)
        balance.out.wait_for("one: left alone for 5 min 0 s: health check: status 503")
        server.behave = does.status(404)  # a gateway that does not know the path
        balance.out.wait_for("one: works again")
        self.assertEqual(server.requests[0].target, "/v1/models?limit=1")
        self.assertEqual(server.requests[0].headers["x-api-key"], key_of("one"))
        self.assertEqual(server.messages(), [])


class Choosing(BalanceTest):
    def keys(self, balance, count):
        return [balance.key_used()[3:].split("-")[0] for _ in range(count)]

    def profiles(self):
        return [
            profile("a", self.upstream(), order=2),
            profile("b", self.upstream()),
            profile("c", self.upstream(), order=0),
            profile("off", self.upstream(), enabled=False, order=-9),
        ]

    def test_fallback(self):
        balance = self.start(*self.profiles())
        self.assertEqual(self.keys(balance, 4), ["b", "c", "b", "c"])

    def test_polling_by_the_settings_and_by_the_command_line(self):
        balance = self.start(*self.profiles(), mode={"strategy": "Polling"})
        self.assertEqual(self.keys(balance, 6), ["a", "b", "c"] * 2)
        balance = self.machine.balance("--strategy", "fallback")
        self.assertEqual(self.keys(balance, 2), ["b", "c"])

    def test_only_those_that_are_named(self):
        balance = self.start(*self.profiles(), arguments=("A", "--strategy", "polling"))
        self.assertEqual(self.keys(balance, 2), ["a", "a"])

    def test_speed_first(self):
        hurry = threading.Event()

        def slow(exchange):
            hurry.wait(0.1)
            does.ok(exchange)

        balance = self.start(
            profile("slow", self.upstream(slow)),
            profile("fast", self.upstream()),
            mode={"strategy": "Speed First"},
        )
        self.assertEqual(self.keys(balance, 4), ["slow", "fast", "slow", "fast"])
        self.assertEqual(self.keys(balance, 3), ["fast"] * 3)
        self.assertGreaterEqual(balance.endpoint("slow")["meanFirstByteMs"], 100)

    def test_what_cannot_start(self):
        self.machine.write([profile("one", self.upstream(), enabled=False)])
        for arguments, code, words in (
            ((), 3, "no enabled profile"),
            (("one",), 2, "one is disabled"),
            (("other",), 2, "other is not in config.json"),
            (("--strategy", "best"), 2, "--strategy"),
        ):
            done = self.machine.run("balance", "--port", "0", *arguments)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(words, done.stderr)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            done = self.machine.run("balance", "--port", str(taken.getsockname()[1]))
            self.assertEqual(done.returncode, 5)
            self.assertIn("choose one with --port", done.stderr)


class Wire(BalanceTest):
    """Bytes that no ordinary client sends."""

    def talk(self, balance, text, until=b""):
        with socket.create_connection(("127.0.0.1", balance.port), PATIENCE) as client:
            client.sendall(text.replace("TOKEN", balance.token).encode())
            received = b""
            while piece := client.recv(65536):
                received += piece
                if until and until in received:
                    break
            return received.decode()

    def test_chunks_expectations_pipelines_and_old_clients(self):
        server = self.upstream(
            lambda exchange: exchange.answer(200, b"<" + exchange.request.body + b">")
        )
        balance = self.start(profile("one", server))
        head = "POST /a HTTP/1.1\r\nHost: x\r\nx-api-key: TOKEN\r\n"
        answer = self.talk(
            balance,
            head + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\nX-T: 1\r\n\r\n"
            + head + "Content-Length: 2\r\nConnection: close\r\n\r\nde",
        )  # fmt: skip
        self.assertIn("<abc>HTTP/1.1 200", answer)
        self.assertTrue(answer.endswith("<de>"))
        self.assertEqual([one.body for one in server.requests], [b"abc", b"de"])
        answer = self.talk(
            balance, head + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n", until=b"\r\n\r\n"
        )
        self.assertEqual(answer, "HTTP/1.1 100 Continue\r\n\r\n")
        server.behave = lambda exchange: (
            exchange.begin_stream(), exchange.send_chunk("old"), exchange.end_stream()
        )  # fmt: skip
        answer = self.talk(balance, "GET / HTTP/1.0\r\nx-api-key: TOKEN\r\n\r\n")
        self.assertNotIn("chunked", answer)
        self.assertTrue(answer.endswith("\r\n\r\nold"))

    def test_what_two_readers_could_take_differently_is_refused(self):
        server = self.upstream()
        balance = self.start(profile("one", server))
        head = "POST / HTTP/1.1\r\nHost: x\r\nx-api-key: TOKEN\r\n"
        for code, text in (
            (400, head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            (400, head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"),
            (501, head + "Transfer-Encoding: identity, chunked\r\n\r\n"),
            (400, head + "X-A : b\r\n\r\n"),
            (400, head + "Transfer-Encoding: chunked\r\n\r\n5 \r\nabcde\r\n0\r\n\r\n"),
            (413, head + "Content-Length: 99999999999\r\n\r\n"),
            (413, head + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFF\r\n"),
            (431, head + "X-Long: " + "x" * 70_000),
            (405, head.replace("POST", "TRACE") + "\r\n"),
            (400, head.replace("POST /", "CONNECT evil.test:443") + "\r\n"),
        ):
            self.assertTrue(
                self.talk(balance, text).startswith(f"HTTP/1.1 {code} "), f"{code}: {text[:99]}"
            )
        self.assertEqual(server.requests, [])


class Running(BalanceTest):
    def test_no_secret_is_said(self):
        one, two, balance = self.pair(does.status(503))
        self.machine.write(
            [
                profile("one", one, customHeaders="X-Secret: hush-hush-hush-hush"),
                profile("two", two, httpProxy="http://u:pass-word-pass-word@127.0.0.1:1"),
            ]
        )
        balance.out.wait_for("Reloaded")
        self.assertEqual(balance.key_used(), key_of("two"))
        status = json.dumps(balance.status())
        balance.stop()
        for text in (status, balance.out.text(), balance.err.text()):
            for secret in ("sk-one", "sk-two", "hush-hush", "pass-word"):
                self.assertNotIn(secret, text)
        self.assertNotIn(balance.token, status)

    def test_where_it_is_can_be_found_for_as_long_as_it_runs(self):
        balance = self.start(profile("one", self.upstream()))
        path = os.path.join(self.machine.home, "balance.json")
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
        self.assertEqual(
            found,
            {"version": 1, "pid": balance.process.pid, "url": balance.url, "port": balance.port,
             "token": balance.token},
        )  # fmt: skip
        self.assertEqual(balance.stop(), 0)
        self.assertFalse(os.path.exists(path))

    def test_an_edit_is_there_at_once_and_requests_in_flight_finish_on_the_old_set(self):
        go_on = threading.Event()

        def stream(exchange):
            exchange.begin_stream()
            exchange.send_chunk("data: 0\n\n")
            go_on.wait(PATIENCE)
            exchange.send_chunk("data: 1\n\n")
            exchange.end_stream()

        old, new = self.upstream(stream), self.upstream()
        balance = self.start(profile("old", old))
        with subprocess.Popen(
            balance.curl_command("-N", "-d", "{}"), stdout=subprocess.PIPE, text=True
        ) as curl:
            self.assertEqual(curl.stdout.readline(), "data: 0\n")
            self.machine.write([profile("new", new)])
            balance.out.wait_for("Reloaded: 1 profile (fallback): new.")
            self.assertEqual(balance.key_used(), key_of("new"))
            go_on.set()
            self.assertEqual(curl.stdout.read(), "\ndata: 1\n\n")
            self.assertEqual(curl.wait(PATIENCE), 0)
        self.assertEqual([one.key for one in old.requests], [key_of("old")])
        self.assertEqual([one.key for one in new.requests], [key_of("new")])

    def test_an_edit_that_is_none_changes_nothing(self):
        server = self.upstream()
        balance = self.start(profile("one", server))
        self.machine.write_text('{"configs": [')
        balance.err.wait_for("config.json is not valid JSON")
        self.assertEqual(balance.key_used(), key_of("one"))
        self.machine.write([])
        balance.out.wait_for("Reloaded: 0 profiles")
        self.assertEqual(balance.post()[0], 503)
        self.machine.write([profile("two", server)])
        balance.out.wait_for("Reloaded: 1 profile (fallback): two.")
        self.assertEqual(balance.key_used(), key_of("two"))

    def test_stopping_ends_everything(self):
        server = self.upstream(does.stall)
        balance = self.start(profile("one", server))
        with subprocess.Popen(
            balance.curl_command("-d", "{}"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as curl:
            server.wait_for(lambda requests: requests)
            self.assertEqual(balance.status()["activeRequests"], 1)
            self.assertEqual(balance.stop(signal.SIGINT), 0)
            self.assertEqual(curl.wait(PATIENCE), 52)  # an empty reply


class Roads(BalanceTest):
    """TLS with a private authority, and proxies that want a password, one behind the other."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="balance-tls-")
        cls.addClassCleanup(cls.folder.cleanup)
        names = ("DNS:api.test", "IP:127.0.0.1")
        cls.authority, *cls.certificate = make_authority(pathlib.Path(cls.folder.name), *names)

    def tls(self, upstream):
        front = TlsFront(upstream.port, *self.certificate)
        self.addCleanup(front.stop)
        return front.port

    def proxy(self):
        proxy = Proxy("me", "pass-word-pass-word")
        self.addCleanup(proxy.stop)
        return proxy

    def test_tls_with_an_authority_of_ones_own_streams_like_anything_else(self):
        go_on = threading.Event()

        def stream(exchange):
            exchange.begin_stream()
            exchange.send_chunk("data: 0\n")
            go_on.wait(PATIENCE)
            exchange.send_chunk("data: 1\n")
            exchange.end_stream()

        server = self.upstream(stream)
        self.machine.environment["SSL_CERT_FILE"] = str(self.authority)
        balance = self.start(profile("one", f"https://127.0.0.1:{self.tls(server)}"))
        with subprocess.Popen(
            balance.curl_command("-N", "-d", "{}"), stdout=subprocess.PIPE, text=True
        ) as curl:
            self.assertEqual(curl.stdout.readline(), "data: 0\n")
            go_on.set()
            self.assertEqual(curl.stdout.read(), "data: 1\n")
        self.assertEqual(server.messages()[0].key, key_of("one"))

    def test_an_authority_nobody_knows_gets_no_key(self):
        wrong, right = self.upstream(), self.upstream()
        balance = self.start(
            profile("wrong", f"https://127.0.0.1:{self.tls(wrong)}", order=1),
            profile("right", right, order=2),
        )
        self.assertEqual(balance.key_used(), key_of("right"))
        self.assertEqual(wrong.requests, [])
        self.assertIn("certificate", balance.endpoint("wrong")["reason"])

    def test_a_certificate_for_another_name_gets_no_key(self):
        server, proxy = self.upstream(), self.proxy()
        self.machine.environment["SSL_CERT_FILE"] = str(self.authority)
        balance = self.start(
            profile(
                "one",
                f"https://other.test:{self.tls(server)}",
                httpsProxy=f"http://me:pass-word-pass-word@127.0.0.1:{proxy.port}",
            )
        )
        self.assertEqual(balance.post()[0], 502)
        self.assertEqual(server.requests, [])
        self.assertIn("certificate", balance.endpoint("one")["reason"])

    def test_the_profiles_proxy_with_its_password_for_http_and_for_tls(self):
        server, proxy = self.upstream(), self.proxy()
        url = f"http://me:pass-word-pass-word@127.0.0.1:{proxy.port}"
        self.machine.environment["SSL_CERT_FILE"] = str(self.authority)
        tls = self.tls(server)
        for base, names, asked in (
            (f"http://api.test:{server.port}", "httpProxy",
             f"POST http://api.test:{server.port}/v1/messages HTTP/1.1"),
            (f"https://api.test:{tls}", "httpsProxy", f"CONNECT api.test:{tls} HTTP/1.1"),
        ):  # fmt: skip
            with self.subTest(base):
                balance = self.start(profile("one", base, **{names: url}))
                self.assertEqual(balance.key_used(), key_of("one"))
                self.assertEqual(proxy.asked.pop(), asked)
                self.assertNotIn("proxy-authorization", server.requests[-1].headers)
                balance.stop()
                self.assertNotIn("pass-word", balance.out.text() + balance.err.text())

    def test_a_proxy_that_refuses_is_said_and_the_next_profile_answers(self):
        server, proxy = self.upstream(), self.proxy()
        balance = self.start(
            profile(
                "one", "https://api.test", order=1,
                httpsProxy=f"http://me:wrong-wrong-wrong@127.0.0.1:{proxy.port}",
            ),
            profile("two", server, order=2),
        )  # fmt: skip
        self.assertEqual(balance.key_used(), key_of("two"))
        reason = balance.endpoint("one")["reason"]
        self.assertIn("proxy", reason)
        self.assertNotIn("wrong-wrong", reason)
        self.assertEqual((proxy.asked, proxy.refused), ([], 1))


class Command(BalanceTest):
    def run_command(self, script, name="sh"):
        self.machine.write([profile("one", self.upstream())])
        return self.machine.run("balance", "--", name, "-c", script)

    def test_a_command_finds_the_proxy_and_its_status_is_the_status(self):
        done = self.run_command(
            'curl -sS "$ANTHROPIC_BASE_URL/v1/messages" -d {} -H "x-api-key: $ANTHROPIC_API_KEY";'
            'curl -sS "$ANTHROPIC_BASE_URL/v1/messages" -d {} '
            '-H "Authorization: Bearer $ANTHROPIC_AUTH_TOKEN"; echo " $NO_PROXY"; exit 7'
        )
        one = json.dumps({"key": key_of("one")})
        self.assertEqual(done.stdout, f"{one}{one} 127.0.0.1,localhost\n")
        self.assertEqual(done.returncode, 7, done.stderr)
        self.assertFalse(os.path.exists(os.path.join(self.machine.home, "balance.json")))

    def test_claude_gets_a_token_and_no_key(self):
        link = os.path.join(self.machine.home, "claude")
        os.symlink("/bin/sh", link)
        self.machine.environment["ANTHROPIC_API_KEY"] = "real"
        done = self.run_command('echo "${ANTHROPIC_API_KEY-none} ${#ANTHROPIC_AUTH_TOKEN}"', link)
        self.assertEqual(done.stdout, "none 64\n")

    def test_how_a_command_ends(self):
        self.assertEqual(self.run_command("kill -TERM $$").returncode, 143)
        self.assertEqual(self.run_command("kill -KILL $$").returncode, 137)
        self.assertEqual(self.run_command("exit 0").returncode, 0)
        self.assertEqual(self.run_command("", "no-such-program").returncode, 127)
        self.assertEqual(self.run_command("", "/etc/passwd").returncode, 126)

    def test_signals_go_to_the_command(self):
        self.machine.write([profile("one", self.upstream())])
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
            name = number.name[3:]
            script = f"trap 'echo got {name}; exit 3' {name}; echo ready; while :; do read x; done"
            with subprocess.Popen(
                [BINARY, "balance", "--", "sh", "-c", script],
                env=self.machine.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            ) as process:
                self.assertEqual(process.stdout.readline(), "ready\n")
                process.send_signal(number)
                self.assertEqual(process.stdout.readline(), f"got {name}\n")
                self.assertEqual(process.wait(PATIENCE), 3)


if __name__ == "__main__":
    BINARY = take_binary(sys.argv, BINARY)
    unittest.main()
