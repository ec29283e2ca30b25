"""A TCP proxy in front of PostgreSQL: notes each query, can cut the line."""

import os
import socket
import threading
from contextlib import suppress

from django.db import connection

os.environ.update(PGSSLMODE="disable", PGGSSENCMODE="disable")  # plain text


class Proxy:
    """Django's connection goes through it from here on."""

    def __init__(self):
        connection.close()
        place = connection.settings_dict
        self.server = place["HOST"], int(place["PORT"])
        self.queries = []
        self.lose = None
        self.door = socket.create_server(("127.0.0.1", 0))
        place["HOST"], place["PORT"] = self.door.getsockname()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            client, _ = self.door.accept()
            server = socket.create_connection(self.server)
            for pump in (self.to_server, self.to_client):
                threading.Thread(
                    target=pump, args=[client, server], daemon=True
                ).start()

    # --8<-- [start:cut]
    def to_server(self, client, server):
        while data := client.recv(65536):
            self.note(data)
            if self.lose == "COMMIT" and b"COMMIT" in data:
                break  # the server never hears of it
            server.sendall(data)
        self.cut(client, server)

    def to_client(self, client, server):
        while data := server.recv(65536):
            if self.lose == "its reply" and b"COMMIT" in data:
                break  # it is done, but nobody hears of it
            client.sendall(data)
        self.cut(client, server)
    # --8<-- [end:cut]

    def cut(self, *both):
        for end in both:
            with suppress(OSError):  # the other pump was first
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def note(self, data):
        """A query is a Q, four bytes of length, and the SQL."""
        if data[:1] == b"Q":
            self.queries.append(data[5:-1].decode())
