"""A RabbitMQ node with its HTTP API, and with a tap on all of its messages."""

import re
from contextlib import contextmanager

import httpx
from kombu import Connection, Exchange, Queue

from acked.services import RabbitMQ, free_port

TRACES = Exchange("amq.rabbitmq.trace", type="topic", passive=True)


class Node(RabbitMQ):
    def __init__(self, config="", servers=None):
        self.http_port = free_port()
        super().__init__(
            config=f"{config}\n"
            "management.tcp.ip = 127.0.0.1\n"
            f"management.tcp.port = {self.http_port}\n",
            plugins=["rabbitmq_management"],
            servers=servers,
        )

    def client(self):
        address = f"http://127.0.0.1:{self.http_port}/api/"
        return httpx.Client(
            base_url=address, auth=("guest", "guest"), timeout=30
        )

    def listed(self, what):
        """What the management plugin lists of it."""
        with self.client() as client:
            return client.get(what).raise_for_status().json()

    @contextmanager
    def traced(self):
        """Gives a function that returns the traces since its last call."""
        with self.client() as client:
            client.put("vhosts/%2F", json={"tracing": True}).raise_for_status()
        with Connection(self.url) as connection:
            tap = Queue("tap", TRACES, routing_key="#", exclusive=True)
            tap = tap(connection.default_channel)
            tap.declare()
            yield lambda: [*iter(lambda: tap.get(no_ack=True), None)]


def plain(name):
    """A name without what differs between runs."""
    name = re.sub(r"worker-\w+@[^.]+", "worker@host", name)
    name = re.sub(r"celeryev\.[0-9a-f-]{36}", "celeryev.id", name)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "id", name)
