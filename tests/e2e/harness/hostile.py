"""Stands between the program and s3-serve and answers as networks do that are up to no good.

It understands requests, so that each way of answering is a function of what the server really said:
`answer(connection, request, reply)` writes whatever bytes it likes. Nothing it does waits longer than
the program's own patience: silence ends when the program hangs up.
"""

import dataclasses
import http.client
import socket
import struct
import threading


@dataclasses.dataclass
class Request:
    method: str
    target: str
    headers: list
    body: bytes


@dataclasses.dataclass
class Reply:
    status: int
    reason: str
    headers: list  # (name, value), Content-Length among them
    body: bytes

    def without(self, *names):
        kept = [(n, v) for n, v in self.headers if n.lower() not in names]
        return dataclasses.replace(self, headers=kept)

    def having(self, name, value):
        replaced = self.without(name.lower())
        return dataclasses.replace(self, headers=[*replaced.headers, (name, value)])

    def head(self, version="HTTP/1.1"):
        lines = [f"{version} {self.status} {self.reason}", *(f"{n}: {v}" for n, v in self.headers)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def wire(self, request):
        return self.head() + (b"" if request.method == "HEAD" else self.body)


def honest(connection, request, reply):
    connection.sendall(reply.wire(request))


def reset(connection):
    """The other side sees ECONNRESET rather than the end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def hang_up(connection):
    """Closing alone would leave it open for as long as somebody still reads from it."""
    connection.shutdown(socket.SHUT_RDWR)


def wait_for_hang_up(connection):
    while connection.recv(4096):
        pass


class HostileFront:
    """Honest until `answer` says otherwise; `forwards(method)` says what reaches the server."""

    def __init__(self, server_port):
        self.server_port = server_port
        self.answer = honest
        self.forwards = lambda method: True
        self.requests = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.placeholder = None
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def refuse(self):
        """Connections are refused from now on, and nobody else gets the port."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.placeholder = socket.socket()
        self.placeholder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.placeholder.bind(("127.0.0.1", self.port))

    def accept_again(self):
        self.placeholder.close()
        self.listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def _accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        stream = client.makefile("rb")
        try:
            while request := _read_request(stream):
                self.requests.append(request)
                self.answer(client, request, self._ask(request))
        except (OSError, ValueError):
            pass
        finally:
            stream.close()
            client.close()

    def _ask(self, request):
        if not self.forwards(request.method):
            ok = [("ETag", '"0"'), ("Content-Length", "0"), ("x-amz-request-id", "0")]
            return Reply(200, "OK", ok, b"")
        connection = http.client.HTTPConnection("127.0.0.1", self.server_port, timeout=20)
        try:
            connection.putrequest(request.method, request.target, skip_host=True,
                                  skip_accept_encoding=True)
            for name, value in request.headers:
                connection.putheader(name, value)
            connection.endheaders(request.body)
            reply = connection.getresponse()
            return Reply(reply.status, reply.reason, reply.getheaders(), reply.read())
        finally:
            connection.close()


def _read_request(stream):
    line = stream.readline()
    if not line:
        return None
    method, target, _ = line.decode("latin-1").split(" ", 2)
    headers = []
    while (line := stream.readline().decode("latin-1").rstrip("\r\n")):
        name, value = line.split(":", 1)
        headers.append((name, value.strip()))
    length = next((int(v) for n, v in headers if n.lower() == "content-length"), 0)
    return Request(method, target, headers, stream.read(length))
