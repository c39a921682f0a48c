"""A server that gives the replies of a list, one after the other, and must be asked for each."""

import hashlib
import http.server
import threading
from email.utils import formatdate


class Reply:
    """`body` is text; `date` is added, as every server does. `cut` bytes of it never come."""

    def __init__(self, status, body="", cut=0, **headers):
        self.status, self.body, self.cut = status, body.encode(), cut
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class ScriptedServer:
    def __init__(self):
        self.replies, self.asked_too_much = [], 0
        self.put_body, self.put_headers = b"", {}
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def _next(self):
        if not self.replies:
            self.asked_too_much += 1
            return Reply(418)
        reply = self.replies.pop(0)
        return reply(self) if callable(reply) else reply

    def etag(self):
        return f'"{hashlib.md5(self.put_body).hexdigest()}"'

    def _handler(self):
        script = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                """Silent."""

            def answer(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                if self.command == "PUT" and body:
                    script.put_body, script.put_headers = body, dict(self.headers.items())
                reply = script._next()
                self.send_response_only(reply.status)
                self.send_header("Date", formatdate(usegmt=True))
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.status not in (204, 304):
                    self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(reply.body[: len(reply.body) - reply.cut])
                self.close_connection = bool(reply.cut)

            do_GET = do_PUT = do_HEAD = answer  # noqa: N815

        return Handler
