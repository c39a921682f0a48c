"""An API server on this machine that does what a test says, byte by byte.

A behaviour is a function that gets an Exchange. Order is kept by events, never by sleeping.
"""

import json
import socket
import threading
from dataclasses import dataclass, field

PATIENCE = 20  # seconds until a test that waits for something has failed


@dataclass
class Request:
    method: str
    target: str
    headers: dict  # names in lower case
    body: bytes
    head: str = ""

    @property
    def key(self):
        """What opens the API: the key, else the token."""
        return self.headers.get("x-api-key") or self.headers.get("authorization", "")


@dataclass
class Exchange:
    request: Request
    connection: socket.socket
    keeps: bool = True  # the connection stays open for a next request

    def send(self, data):
        self.connection.sendall(data if isinstance(data, bytes) else data.encode())

    def answer(self, status=200, body=b"{}", headers=()):
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers]
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def begin_stream(self):
        self.send(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            "Transfer-Encoding: chunked\r\n\r\n"
        )

    def send_chunk(self, text):
        data = text.encode()
        self.send(b"%x\r\n%s\r\n" % (len(data), data))

    def end_stream(self):
        self.send(b"0\r\n\r\n")

    def cut(self):
        self.keeps = False

    def wait_until_closed(self):
        """True once the client has closed its side."""
        self.keeps = False
        self.connection.settimeout(PATIENCE)
        try:
            return self.connection.recv(1) == b""
        except ConnectionError:
            return True
        except TimeoutError:
            return False


def ok(exchange):
    exchange.answer(body=json.dumps({"key": exchange.request.key}).encode())


def status(code, *headers):
    return lambda exchange: exchange.answer(code, b'{"error":"theirs"}', headers)


def stall(exchange):
    exchange.wait_until_closed()


def close(exchange):
    exchange.cut()


@dataclass
class Upstream:
    behave: object = ok
    requests: list = field(default_factory=list)

    def __post_init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.arrived = threading.Condition()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        if self.listener.fileno() >= 0:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()

    def messages(self):
        """The requests without health checks."""
        return [one for one in self.requests if one.target != "/v1/models?limit=1"]

    def wait_for(self, is_it, what="a request"):
        with self.arrived:
            if not self.arrived.wait_for(lambda: is_it(self.requests), PATIENCE):
                raise AssertionError(f"{what} did not arrive: {self.requests}")

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection, connection.makefile("rb") as stream:
            try:
                while request := read_request(stream):
                    with self.arrived:
                        self.requests.append(request)
                        self.arrived.notify_all()
                    exchange = Exchange(request, connection)
                    self.behave(exchange)
                    if not exchange.keeps:
                        return
            except (ConnectionError, ValueError, OSError):
                return


def read_request(stream):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = stream.readline()
        if not line:
            return None
        head += line
    lines = head.decode("latin-1").split("\r\n")
    method, target, _ = lines[0].split(" ", 2)
    headers = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", "0")))
    return Request(method, target, headers, body, head.decode("latin-1"))
