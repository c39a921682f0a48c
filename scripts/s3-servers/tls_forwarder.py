"""Takes TLS off connections and passes them on to a plain port of the same machine."""

import argparse
import socket
import ssl
import threading


def copy(source, target):
    try:
        while chunk := source.recv(65536):
            target.sendall(chunk)
    except OSError:
        pass  # Either side may go away at any time; the other one is told below.
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(client, context, port):
    try:
        with context.wrap_socket(client, server_side=True) as secured:
            with socket.create_connection(("127.0.0.1", port)) as server:
                back = threading.Thread(target=copy, args=(server, secured))
                back.start()
                copy(secured, server)
                back.join()
    except OSError:
        client.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listen", type=int, required=True)
    parser.add_argument("--to", type=int, required=True)
    parser.add_argument("--certificate", required=True)
    parser.add_argument("--key", required=True)
    options = parser.parse_args()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.certificate, options.key)
    with socket.create_server(("127.0.0.1", options.listen)) as listener:
        while True:
            client, _ = listener.accept()
            threading.Thread(
                target=serve, args=(client, context, options.to), daemon=True
            ).start()


if __name__ == "__main__":
    main()
