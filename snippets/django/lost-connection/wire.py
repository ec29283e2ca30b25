"""A network line to a server that can be cut without a word."""

import ctypes
import socket
import struct
import threading
from contextlib import suppress

SO_ATTACH_FILTER = 26  # Linux
DROP_ALL = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))


# --8<-- [start:drop]
def drop_packets_to(end):
    """The kernel throws away what arrives: no data, no ACK, no RST."""
    program = struct.pack("HL", 1, ctypes.addressof(DROP_ALL))
    end.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)
# --8<-- [end:drop]


class Line:
    """Forwards a port of its own to `target`, until it is unplugged."""

    def __init__(self, target):
        self.target = target
        self.unplugged = False
        self.ends = []
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def unplug(self):
        self.unplugged = True
        for end in (self.door, *self.ends):
            drop_packets_to(end)

    def _serve(self):
        while True:
            client, _ = self.door.accept()
            server = socket.create_connection(("127.0.0.1", self.target))
            self.ends.append(client)
            for pair in ((client, server), (server, client)):
                threading.Thread(
                    target=self._pump, args=pair, daemon=True
                ).start()

    def _pump(self, source, target):
        with suppress(OSError):
            while data := source.recv(65536):
                if not self.unplugged:
                    target.sendall(data)
