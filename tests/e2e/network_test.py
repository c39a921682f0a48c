#!/usr/bin/env python3
"""Ways to a store: proxies with passwords, private authorities, old TLS, IPv6, names with a dead address.

    tests/e2e/network_test.py --binary build/debug/start-claude
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import fronts, programs  # noqa: E402
from harness.gateway import Gateway  # noqa: E402
from harness.servers import S3Serve  # noqa: E402

BINARY = None
PASSWORD = "p@ss/word"
PASSWORD_IN_URL = "p%40ss%2Fword"


class Network(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.scratch.name)
        cls.server = S3Serve(BINARY, cls.root / "serve")
        names = ("DNS:store.test", "DNS:localhost", "IP:127.0.0.1")
        cls.ca, certificate, key = fronts.make_authority(cls.root, *names)
        cls.tls = fronts.TlsFront(cls.server.port, certificate, key)
        cls.old_tls = fronts.TlsFront(cls.server.port, certificate, key, oldest_only=True)

    @classmethod
    def tearDownClass(cls):
        cls.tls.stop()
        cls.old_tls.stop()
        cls.server.stop()
        cls.scratch.cleanup()

    def setUp(self):
        self.proxy = fronts.Proxy("user", PASSWORD)
        self.addCleanup(self.proxy.stop)
        self.home = self.root / self.id().rsplit(".", 1)[1]
        (self.home / ".start-claude").mkdir(parents=True, mode=0o700)
        self.config = self.home / ".start-claude" / "config.json"
        self.config.write_text('{"configs": [{"name": "production"}]}')
        self.config.chmod(0o600)

    def proxy_url(self, password=PASSWORD_IN_URL):
        return f"http://user:{password}@127.0.0.1:{self.proxy.port}"

    def environment(self, **variables):
        sanitizers = {n: v for n, v in os.environ.items() if n.endswith("SAN_OPTIONS")}
        return {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "START_CLAUDE_HOST": "lark",
                "TERM": "xterm", **sanitizers, **variables}

    def flags(self, endpoint):
        bucket = "b-" + re.sub("[^a-z0-9]+", "-", self.home.name)
        return ["--service", "custom", "--bucket", bucket, "--create-bucket", "--region",
                "us-east-1", "--endpoint", endpoint, "--access-key-id", self.server.access_key_id,
                "--secret-access-key-file", str(self.root / "serve" / "secret"), "--key", "c.json"]

    def set_up(self, endpoint, *more, expect=0, **variables):
        """What s3-setup says."""
        command = [str(BINARY), "s3-setup", "--no-input", "--timeout", "5", *self.flags(endpoint), *more]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              env=self.environment(**variables), timeout=60)
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, expect, said)
        self.assertNotIn(PASSWORD, said)
        self.assertNotIn(PASSWORD_IN_URL, said)
        return said

    def test_below_a_path(self):
        """A port, a path, slashes at its end, and the bucket pasted behind it."""
        gateway = Gateway("/gateway/s3", self.server)
        self.addCleanup(gateway.stop)
        base = f"http://127.0.0.1:{gateway.port}/gateway/s3"
        place = "/gateway/s3/b-test-below-a-path"
        bucket = place.rsplit("/", 1)[1]
        for endpoint in (base, base + "/", base + "//", f"{base}/{bucket}", f"{base}/{bucket}/"):
            with self.subTest(endpoint):
                del gateway.asked[:]
                self.set_up(endpoint)
                text = self.config.read_text()
                self.config.write_text(text.replace("production", "production2"))
                self.run_command("s3-sync")
                self.run_command("s3-history")
                objects = {target for target in gateway.asked if "?" not in target}
                self.assertLessEqual({place + "/c.json"}, objects)
                self.assertLessEqual(objects, {place, place + "/c.json"})
        self.assertEqual(gateway.refused, 0)
        self.assertIn(f"{base}\n", self.run_command("s3-status"))
        # Another path there is another server.
        said = self.set_up(f"http://127.0.0.1:{gateway.port}/elsewhere", expect=1)
        self.assertIn("refused with 404", said)

    def run_command(self, *arguments):
        done = subprocess.run([str(BINARY), *arguments], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, env=self.environment(), timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout + done.stderr

    # ---- proxies -----------------------------------------------------------------------------

    def test_a_proxy_for_plain_http(self):
        for variable in ("http_proxy", "HTTP_PROXY"):
            self.proxy.asked.clear()
            self.set_up(f"http://store.test:{self.server.port}", **{variable: self.proxy_url()})
            self.assertTrue(self.proxy.asked, variable)
            self.assertTrue(self.proxy.asked[0].startswith("GET http://store.test:"), variable)

    def test_a_cgi_request_names_no_proxy(self):
        # HTTP_PROXY is what a web server makes of a visitor's Proxy header.
        self.set_up(f"http://store.test:{self.server.port}", expect=5, HTTP_PROXY=self.proxy_url(),
                    REQUEST_METHOD="GET")
        self.assertEqual(self.proxy.asked, [])

    def test_a_proxy_for_https(self):
        for variable in ("https_proxy", "HTTPS_PROXY"):
            self.proxy.asked.clear()
            self.set_up(f"https://store.test:{self.tls.port}", "--ca-file", str(self.ca), "-v",
                        **{variable: self.proxy_url()})
            self.assertEqual(self.proxy.asked[0], f"CONNECT store.test:{self.tls.port} HTTP/1.1")

    def test_a_proxy_that_wants_another_password(self):
        for endpoint, variable in ((f"https://store.test:{self.tls.port}", "HTTPS_PROXY"),
                                   (f"http://store.test:{self.server.port}", "http_proxy")):
            said = self.set_up(endpoint, "--ca-file", str(self.ca), "-v", expect=5,
                               **{variable: self.proxy_url("wrong-pass")})
            self.assertIn(f"the proxy 127.0.0.1:{self.proxy.port} ", said)
            self.assertIn("(status 407)", said)
            self.assertIn("hint: check the user and password in", said)
            self.assertNotIn("wrong-pass", said)

    def test_no_proxy(self):
        # Without the proxy nobody knows the name.
        for names in ("store.test", ".test", "*", "other.example, store.test"):
            said = self.set_up(f"https://store.test:{self.tls.port}", expect=5,
                               HTTPS_PROXY=self.proxy_url(), NO_PROXY=names)
            self.assertIn("could not find the address of store.test", said)
        self.assertEqual(self.proxy.asked, [])

    def test_this_machine_needs_no_proxy(self):
        self.set_up(f"http://127.0.0.1:{self.server.port}", http_proxy="http://127.0.0.1:1")

    # ---- trust -------------------------------------------------------------------------------

    def test_a_private_authority(self):
        endpoint = f"https://127.0.0.1:{self.tls.port}"
        said = self.set_up(endpoint, expect=5)
        self.assertIn("is signed by an authority this machine does not trust", said)
        self.assertIn("--ca-file", said)
        for variable in ("AWS_CA_BUNDLE", "SSL_CERT_FILE"):
            self.set_up(endpoint, **{variable: str(self.ca)})
        # What is set up wins over the environment, and is kept.
        self.set_up(endpoint, "--ca-file", str(self.ca), AWS_CA_BUNDLE="/nowhere")
        self.assertIn(str(self.ca), self.config.read_text())

    def test_the_wizard_asks_for_the_authority(self):
        command = " ".join([str(BINARY), "s3-setup", *self.flags(f"https://127.0.0.1:{self.tls.port}")])
        question = re.compile(r".*PEM file with its certificate[^\n]*: ", re.DOTALL)
        again = re.compile(r".*nowhere[^\n]*\n.*PEM file with its certificate[^\n]*: ", re.DOTALL)
        stages = [(question, Typed("/nowhere.pem")), (again, Typed(str(self.ca))), (None, None)]
        outcome = programs.run_on_terminal(command, self.environment(), str(self.home), stages, True)
        self.assertEqual((outcome.exit, outcome.problem), (0, ""), outcome.text)
        self.assertIn("Home authority", outcome.text)
        self.assertIn(str(self.ca), self.config.read_text())

    def test_old_tls_is_refused(self):
        said = self.set_up(f"https://127.0.0.1:{self.old_tls.port}", "--ca-file", str(self.ca),
                           expect=5)
        self.assertIn("speaks no TLS of version 1.2 or later", said)

    # ---- addresses ---------------------------------------------------------------------------

    def test_a_name_whose_first_address_is_dead(self):
        # localhost is ::1, where nobody listens, and 127.0.0.1.
        self.set_up(f"http://localhost:{self.server.port}")

    def test_ipv6(self):
        other = S3Serve(BINARY, self.home / "serve", host="::1")
        self.addCleanup(other.stop)
        said = self.set_up(f"http://[::1]:{other.port}", "-v")
        self.assertIn(f"GET [::1]:{other.port}/", said)

    def test_a_trailing_slash(self):
        self.set_up(f"http://127.0.0.1:{self.server.port}/")

    def test_a_missing_scheme_means_https(self):
        self.set_up(f"127.0.0.1:{self.tls.port}", "--ca-file", str(self.ca))


class Typed:
    hidden = is_control = False

    def __init__(self, text):
        self.text = text
        self.keys = text.encode() + b"\r"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    known, rest = parser.parse_known_args()
    BINARY = known.binary.resolve()
    unittest.main(argv=[sys.argv[0], *rest])
