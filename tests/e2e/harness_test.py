#!/usr/bin/python3
"""The harness must notice what it is there to notice: each case is a transcript of a small shell
program that is played as right or as wrong."""

import os
import socket
import sys
import tempfile
import threading
import types
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from harness import patterns, playback, programs, transcript  # noqa: E402
from harness.forwarder import Forwarder  # noqa: E402

VARIABLES = {"bucket": "cfg-1234", "endpoint": "http://127.0.0.1:7480"}

ASKS = (
    "printf 'Bucket name: '; read b; printf 'Secret: '; stty -echo; read s; stty echo; echo;"
    " echo saved $b"
)


def play(text):
    """"" if the text is what happens, else the report."""
    script = transcript.parse(text)
    world = types.SimpleNamespace(variables=VARIABLES, background_failure="")
    with tempfile.TemporaryDirectory() as home:
        environment = {"HOME": home, "PATH": "/usr/bin:/bin", "TERM": "xterm"}
        world.machine = lambda name: types.SimpleNamespace(environment=environment, home=home)
        try:
            playback.play(script, world)
        except playback.Mismatch as mismatch:
            return str(mismatch)
    return ""


class Output(unittest.TestCase):
    def test_accepts(self):
        for text in (
            "lark$ echo hello\nhello\n",
            "lark$ true\n",
            "lark$ exit 6\n[exit 6]\n",
            "lark$ echo one; echo two; echo three\n...\nthree\n",
            "lark$ echo at 2026-11-22 09:14:03 +0100, 1 d 15 h, 1.1 KB\nat <time>, <span>, <size>\n",
            "lark$ echo s3://<bucket>/a.json\ns3://<bucket>/a.json\n",
            "lark$ echo cfg-1234\n<bucket>\n",
            "lark$ echo 'local   1       here'\nlocal  1  here\n",
            "lark$ test -t 0 && echo terminal\nterminal\n",
            "! no-tty\nlark$ test -t 0 || echo none\nnone\n! tty\n$ test -t 1 && echo yes\nyes\n",
            "! no-tty\nlark$ echo one \\\n    two\none two\n",
        ):
            with self.subTest(text):
                self.assertEqual(play(text), "")

    def test_refuses(self):
        for text, reason in (
            ("lark$ echo hello\nhallo\n", "the output differs"),
            ("lark$ echo hello\n", "the output differs"),
            ("lark$ echo hello; echo more\nhello\n", "the output differs"),
            ("lark$ echo 'local 1'\nlocal  1\n", "the output differs"),
            ("lark$ exit 6\n", "exit 6 instead of 0"),
            ("lark$ true\n[exit 6]\n", "exit 0 instead of 6"),
            ("lark$ echo at 2026-11-22T09:14:03Z\nat <time>\n", "the output differs"),
            ("lark$ echo two; echo one\none\ntwo\n", "the output differs"),
        ):
            with self.subTest(text):
                self.assertIn(reason, play(text))


class Answers(unittest.TestCase):
    def test_typed_and_hidden(self):
        self.assertEqual(
            play(f"lark$ {ASKS}\nBucket name: «my-bucket»\nSecret: ‹hunter2›\nsaved my-bucket\n"), ""
        )

    def test_hidden_answer_that_is_echoed(self):
        programs.PATIENCE_S, patience = 0.5, programs.PATIENCE_S
        self.addCleanup(setattr, programs, "PATIENCE_S", patience)
        self.assertIn("shows what is typed", play("lark$ printf 'Secret: '; read s\nSecret: ‹x›\n"))

    def test_secret_printed_later(self):
        leaky = ASKS.replace("saved $b", "saved $b $s")
        report = play(f"lark$ {leaky}\nBucket name: «b»\nSecret: ‹hunter2›\nsaved b hunter2\n")
        self.assertIn("a hidden answer was shown", report)

    def test_other_question(self):
        programs.PATIENCE_S, patience = 1.0, programs.PATIENCE_S
        self.addCleanup(setattr, programs, "PATIENCE_S", patience)
        report = play(f"lark$ {ASKS}\nRegion: «us-east-1»\n")
        self.assertIn("waits at something else than «us-east-1»", report)
        self.assertIn("+Bucket name: ", report)

    def test_end_of_input_and_interrupt(self):
        self.assertEqual(play("lark$ cat; echo end\n«^D»end\n"), "")
        self.assertEqual(
            play("lark$ trap 'exit 130' INT; echo ready; while :; do sleep 0.1; done\nready\n«^C»\n[exit 130]\n"), ""
        )


class Grammar(unittest.TestCase):
    def test_actions_take_indented_text(self):
        script = transcript.parse('# Title\n! write lark config.json\n    {"a":\n      1}\n')
        self.assertEqual(script.title, "Title")
        self.assertEqual(script.steps[0].words, ["write", "lark", "config.json"])
        self.assertEqual(script.steps[0].content, '{"a":\n  1}\n')

    def test_output_without_a_command(self):
        with self.assertRaises(transcript.TranscriptError):
            transcript.parse("hello\n")

    def test_generalize(self):
        line = "by lark at 2026-11-22 09:14:03 +0100, newer by 3 min 2 s, 812 B in cfg-1234"
        self.assertEqual(
            patterns.generalize(line, VARIABLES),
            "by lark at <time>, newer by <span>, <size> in <bucket>",
        )

    def test_servers(self):
        script = transcript.parse("! except swift\n! only real s3-serve\n")
        self.assertEqual(script.not_servers, {"swift"})
        self.assertEqual(script.servers, {"real", "s3-serve"})

    def test_conditional_writes(self):
        first = "Uploaded 1 profile, 812 B"
        for supported, said, fits in (
            (True, "; conditional writes: honoured", True),
            (True, "", False),
            (True, "; conditional writes: not supported", False),
            (False, "", False),
            (False, "; conditional writes: not supported", True),
            (False, "; conditional writes: honoured", False),
        ):
            with self.subTest(f"{supported}: {said}"):
                variables = VARIABLES | patterns.conditional_writes(supported)
                pattern = patterns.line_pattern("Uploaded 1 profile, <size><measured>.", variables)
                self.assertEqual(pattern.fullmatch(first + said + ".") is not None, fits)


class Way(unittest.TestCase):
    """The forwarder, before a server that answers every request with "ok"."""

    def setUp(self):
        self.requests = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.serve, daemon=True).start()
        self.forwarder = Forwarder(self.listener.getsockname()[1])
        self.addCleanup(self.forwarder.down)
        self.addCleanup(self.listener.close)

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with client:
                while chunk := client.recv(100):
                    self.requests.append(chunk)
                    client.sendall(b"ok")

    def ask(self, request):
        with socket.create_connection(("127.0.0.1", self.forwarder.port)) as connection:
            connection.sendall(request)
            return connection.recv(100)

    def test_passes_on(self):
        self.assertEqual(self.ask(b"GET /"), b"ok")

    def test_down_and_up_on_the_same_port(self):
        port = self.forwarder.port
        self.forwarder.down()
        with self.assertRaises(ConnectionRefusedError):
            self.ask(b"GET /")
        self.forwarder.up()
        self.assertEqual(self.forwarder.port, port)
        self.assertEqual(self.ask(b"GET /"), b"ok")

    def test_interferes_once_and_only_before_an_upload(self):
        self.forwarder.before_upload = lambda: self.requests.append(b"interference")
        for request in (b"GET /", b"PUT /a", b"PUT /b"):
            self.ask(request)
        self.assertEqual(self.requests, [b"GET /", b"interference", b"PUT /a", b"PUT /b"])

    def test_loses_one_answer(self):
        self.forwarder.lose_answer = True
        self.assertEqual(self.ask(b"PUT /a"), b"")
        self.assertEqual(self.requests, [b"PUT /a"])
        self.assertEqual(self.ask(b"PUT /b"), b"ok")


if __name__ == "__main__":
    unittest.main()
