"""Stands between the program and the S3 server, so that each transcript can take "its" server away,
let somebody else write in between, or lose an answer, while other transcripts use the same server."""

import socket
import threading


class Forwarder:
    def __init__(self, server_port):
        self.server_port = server_port
        self.listener = None
        self.placeholder = None  # keeps the port while nobody listens on it
        self.port = 0
        self.connections = set()
        self.lock = threading.Lock()
        self.before_upload = None  # called once, before the next PUT of an object goes through
        self.lose_answer = False  # the next PUT goes through, its answer does not come back
        self.up()

    def up(self):
        # Always the same port: it is in the machines' settings.
        if self.placeholder is not None:
            self.placeholder.close()
            self.placeholder = None
        self.listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def down(self):
        listener, self.listener = self.listener, None
        if listener is not None:
            # Closing alone does not wake the thread that accepts.
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            # Bound but not listening: connections are refused, and no other test gets the port.
            self.placeholder = socket.socket()
            self.placeholder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.placeholder.bind(("127.0.0.1", self.port))
        with self.lock:
            connections, self.connections = self.connections, set()
        for connection in connections:
            _close(connection)

    def _accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            server = socket.create_connection(("127.0.0.1", self.server_port))
        except OSError:
            _close(client)
            return
        with self.lock:
            self.connections.update((client, server))
        cut = threading.Event()
        back = threading.Thread(target=self._answers, args=(server, client, cut), daemon=True)
        back.start()
        try:
            while chunk := client.recv(65536):
                # A request starts a chunk: the program waits for each answer before it asks again.
                if chunk.startswith(b"PUT "):
                    self._meet_upload(cut)
                server.sendall(chunk)
            server.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        back.join()
        _close(server)
        _close(client)
        with self.lock:
            self.connections.difference_update((client, server))

    def _meet_upload(self, cut):
        with self.lock:
            hook, self.before_upload = self.before_upload, None
            if hook is None and self.lose_answer:
                self.lose_answer = False
                cut.set()
        if hook is not None:
            hook()

    def _answers(self, server, client, cut):
        try:
            while chunk := server.recv(65536):
                if cut.is_set():
                    break
                client.sendall(chunk)
        except OSError:
            pass
        _close(client)


def _close(connection):
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    connection.close()
