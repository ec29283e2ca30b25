"""A cable that remembers what clients sent through it."""

import socket
import threading
from contextlib import suppress


class Wiretap:
    """Passes one connection on to a port of this machine; `heard` is text."""

    def __init__(self, port: int) -> None:
        self.target, self.heard = port, ""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def __enter__(self):
        self.thread = threading.Thread(target=self.connect)
        self.thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.thread.join(20)
        self.listener.close()

    def connect(self) -> None:
        client, _ = self.listener.accept()
        server = socket.create_connection(("127.0.0.1", self.target))
        back = threading.Thread(target=self.copy, args=(server, client))
        back.start()
        self.copy(client, server, listen=True)
        back.join(20)
        client.close()
        server.close()

    def copy(self, source, target, listen: bool = False) -> None:
        while chunk := source.recv(65536):
            if listen:
                self.heard += chunk.decode("latin-1")
            target.sendall(chunk)
        with suppress(OSError):  # the other side was faster
            target.shutdown(socket.SHUT_WR)
