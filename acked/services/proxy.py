"""A TCP proxy that breaks the connections which run through it."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress
from typing import Any, Self

from acked.services.base import LOOPBACK

RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with RST, not with FIN


def reset_when_closed(one: socket.socket) -> None:
    with suppress(OSError):  # closed already
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


class Proxy:
    """Forwards a free port of loopback to `target`, another port there.

    `hold` makes it a black hole: it takes what it gets and passes nothing on,
    until `release`. `cut` resets every connection. `accepted` counts them.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.accepted = 0
        self._open = threading.Event()
        self._open.set()
        self._sockets: set[socket.socket] = set()
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port = int(self._listener.getsockname()[1])

    def hold(self) -> None:
        self._open.clear()

    def release(self) -> None:
        self._open.set()

    def cut(self) -> None:
        connections = list(self._sockets)
        # All of them before the first is closed: its pump closes the other side.
        for one in connections:
            reset_when_closed(one)
        for one in connections:
            self._close(one)

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: Any) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        self.release()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # closed
                return
            self._sockets.add(client)
            self.accepted += 1
            threading.Thread(target=self._join, args=[client], daemon=True).start()

    def _join(self, client: socket.socket) -> None:
        self._open.wait()
        try:
            server = socket.create_connection((LOOPBACK, self.target))
        except OSError:
            reset_when_closed(client)
            self._close(client)
            return
        self._sockets.add(server)
        back = threading.Thread(target=self._pump, args=[server, client], daemon=True)
        back.start()
        self._pump(client, server)

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._open.wait()
                target.sendall(data)
        for one in (source, target):
            self._close(one)

    def _close(self, one: socket.socket) -> None:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RD)  # wakes the thread that reads it
        one.close()
        self._sockets.discard(one)
