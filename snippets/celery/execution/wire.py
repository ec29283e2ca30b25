"""What goes over the wire to a broker, and when, as its neighbours see it."""

import socket
import struct
import threading
import time
from urllib.parse import urlsplit, urlunsplit

from redis import Redis


class Monitor:
    """Redis' own MONITOR: each command it executes, with time and client."""

    def __init__(self, url):
        self.seen = []  # (time, client's address, command)
        self.client = Redis.from_url(
            url, socket_timeout=None, decode_responses=True
        )
        self.monitor = self.client.monitor()
        self.monitor.__enter__()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for command in self.monitor.listen():
            address = f"{command['client_address']}:{command['client_port']}"
            self.seen.append((command["time"], address, command["command"]))

    def find(self, start, part=""):
        """Times of the commands that start so and hold this part."""
        return [
            at
            for at, _, command in self.seen
            if command.startswith(start) and part in command
        ]


METHODS = {(60, 40): "basic.publish", (60, 60): "basic.deliver"}
METHODS |= {(60, 80): "basic.ack"}


class AmqpTap:
    """Passes bytes on to RabbitMQ and reads the frames that go by."""

    def __init__(self, url):
        self.parts = urlsplit(url)
        self.seen = []  # (time, method, what tells it from others)
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def url(self):
        login, _, _ = self.parts.netloc.rpartition("@")
        port = self.listener.getsockname()[1]
        return urlunsplit(
            self.parts._replace(netloc=f"{login}@127.0.0.1:{port}")
        )

    def find(self, method, part):
        return [at for at, *told in self.seen if told == [method, part]]

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(
                (self.parts.hostname, self.parts.port)
            )
            for pair in ((client, server), (server, client)):
                threading.Thread(
                    target=self.pump, args=pair, daemon=True
                ).start()

    def pump(self, source, target):
        data = b""
        try:
            while chunk := source.recv(65536):
                data = self.read(data + chunk)
                target.sendall(chunk)
        except OSError:
            pass  # the other side has gone
        for one in (source, target):
            one.close()

    def read(self, data):
        """Note the methods in all complete frames; return the rest."""
        if data.startswith(b"AMQP"):
            data = data[8:]
        while len(data) >= 7:
            kind, _, size = struct.unpack(">BHI", data[:7])
            if len(data) < size + 8:
                break
            if kind == 1:
                self.note(data[7 : 7 + size])
            data = data[size + 8 :]
        return data

    def note(self, payload):
        method = METHODS.get(struct.unpack(">HH", payload[:4]))
        rest = payload[4:]
        if method == "basic.publish":
            part = strings(rest[2:], 2)[1]  # exchange, routing key
        elif method == "basic.deliver":
            tag = strings(rest, 1)[0]
            part = strings(rest[len(tag) + 10 :], 2)[1]
        elif method == "basic.ack":
            part = ""
        else:
            return
        self.seen.append((time.time(), method, part))


def strings(data, number):
    """AMQP's short strings: a byte of length, then the text."""
    found = []
    for _ in range(number):
        found.append(data[1 : 1 + data[0]].decode())
        data = data[1 + data[0] :]
    return found
