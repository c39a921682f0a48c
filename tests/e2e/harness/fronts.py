"""What may stand between the program and an S3 server by right: a TLS front with a private
authority, and a proxy that wants a password."""

import base64
import select
import socket
import ssl
import subprocess
import threading


class _Listener:
    """Serves each connection in a thread of its own."""

    def __init__(self, family=socket.AF_INET, address="127.0.0.1"):
        self.listener = socket.create_server((address, 0), family=family, backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve_quietly, args=(client,), daemon=True).start()

    def _serve_quietly(self, client):
        try:
            self.serve(client)
        except (OSError, ValueError):
            pass
        finally:
            client.close()

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def relay(one, other):
    """Bytes both ways until one side ends."""
    peers = {one: other, other: one}
    while True:
        # What TLS has decrypted already does not show in select().
        ready = [s for s in peers if isinstance(s, ssl.SSLSocket) and s.pending()]
        for source in ready or select.select(list(peers), [], [])[0]:
            chunk = source.recv(65536)
            if not chunk:
                return
            peers[source].sendall(chunk)


def make_authority(folder, *names):
    """ca.pem, and server.pem with its key, for these names ("DNS:store.test", "IP:127.0.0.1")."""

    def openssl(*arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    ca, ca_key, server = folder / "ca.pem", folder / "ca.key", folder / "server.pem"
    openssl("req", "-x509", *key, "-days", 2, "-subj", "/CN=Home authority", "-keyout", ca_key,
            "-out", ca)
    openssl("req", *key, "-subj", "/CN=store", "-keyout", folder / "server.key", "-out",
            folder / "server.csr")
    extension = folder / "extension"
    extension.write_text("subjectAltName=" + ",".join(names) + "\n")
    openssl("x509", "-req", "-in", folder / "server.csr", "-CA", ca, "-CAkey", ca_key,
            "-CAcreateserial", "-days", 2, "-extfile", extension, "-out", server)
    return ca, server, folder / "server.key"


class TlsFront(_Listener):
    """TLS outside, plain HTTP to the server inside."""

    def __init__(self, server_port, certificate, key, oldest_only=False):
        self.server_port = server_port
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if oldest_only:
            self.context.set_ciphers("ALL:@SECLEVEL=0")
            self.context.minimum_version = ssl.TLSVersion.TLSv1
            self.context.maximum_version = ssl.TLSVersion.TLSv1_1
        self.context.load_cert_chain(certificate, key)
        super().__init__()

    def serve(self, client):
        with self.context.wrap_socket(client, server_side=True) as safe:
            with socket.create_connection(("127.0.0.1", self.server_port)) as server:
                relay(safe, server)


class Proxy(_Listener):
    """For CONNECT and for plain HTTP; whatever host is asked for, it knows it as 127.0.0.1."""

    def __init__(self, user, password):
        self.token = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        self.asked = []  # request lines of who had the password
        self.refused = 0
        super().__init__()

    def serve(self, client):
        while head := self._read_head(client):
            lines = head.decode("latin-1").split("\r\n")
            headers = {n.lower(): v.strip() for n, v in (l.split(":", 1) for l in lines[1:] if l)}
            if headers.get("proxy-authorization") != self.token:
                self.refused += 1
                client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n"
                               b"Proxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n")
                continue
            self.asked.append(lines[0])
            method, target, _ = lines[0].split(" ")
            if method == "CONNECT":
                with self._connect(target) as server:
                    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    relay(client, server)
                return
            authority, path = target.removeprefix("http://").split("/", 1)
            kept = [l for l in lines[1:] if l and not l.lower().startswith("proxy-")]
            kept = [l for l in kept if not l.lower().startswith("connection:")]
            request = [f"{method} /{path} HTTP/1.1", *kept, "Connection: close", "", ""]
            with self._connect(authority) as server:
                server.sendall("\r\n".join(request).encode("latin-1"))
                relay(client, server)
            return

    @staticmethod
    def _connect(authority):
        return socket.create_connection(("127.0.0.1", int(authority.rsplit(":", 1)[1])))

    @staticmethod
    def _read_head(client):
        """Up to the empty line, which is left out; what follows stays unread."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = client.recv(1)
            if not byte:
                return b""
            head += byte
        return head[:-4]
