# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "httpx", "kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# environments = ["bookworm", "trixie"]
# timeout = 300
# ///
"""The same Celery on three versions of RabbitMQ."""

import os
import socket
from concurrent.futures import ThreadPoolExecutor

from amqp.exceptions import AMQPError
from broker import Node, plain
from celery import Celery
from kombu import Connection, Queue

from acked.lab import table
from acked.services import Worker, wait_until

app = Celery("versions")


@app.task
def ship(order):
    """Each run of it is one message."""


# --8<-- [start:asked]
def asked(servers):
    with Node(servers=servers) as node:
        yield "RabbitMQ", node.listed("overview")["rabbitmq_version"]
        with Worker(__file__, "--concurrency=1", env(node)) as worker:
            send(node, 1)
            wait_until(lambda: "succeeded" in worker.log(), 60)
            yield "a default worker runs a task", "yes"
            queues = {plain(q["name"]): q for q in node.listed("queues")}
            for name in sorted(queues):
                yield f"`{name}`", declared_as(queues[name])
        yield "metadata is kept in", metadata_store(node)
        transient = Queue("other", durable=False)
        yield "transient, not exclusive", declare(node, transient)
        old = Queue("old", queue_arguments={"x-queue-version": 1})
        yield "classic queue version 1", declare(node, old)
        yield "AMQP 1.0 without a plugin", answer(node, b"AMQP\x00\x01\x00\x00")
        send(node, 100)
        wait_until(lambda: length(node) == 100, 60)
        node.restart()
        yield "100 tasks after a clean restart", taken(node)
# --8<-- [end:asked]


def env(node):
    return {"CELERY_BROKER_URL": node.url}


def send(node, count):
    with app.connection_for_write(node.url) as connection:
        for order in range(count):
            ship.apply_async([order], connection=connection)


def declared_as(queue):
    words = [queue["type"]]
    for word in "durable", "auto_delete", "exclusive":
        words += [word.replace("_", "-")] if queue[word] else []
    return ", ".join(words)


def metadata_store(node):
    """The feature flag of Khepri, or the schema file of Mnesia."""
    flags = {f["name"]: f["state"] for f in node.listed("feature-flags")}
    schemas = [*node.home.rglob("schema.DAT")]
    if flags.get("khepri_db") == "enabled" and not schemas:
        return "Khepri"
    assert schemas, flags
    return "Mnesia"


def declare(node, queue):
    with Connection(node.url) as connection:
        try:
            queue(connection.default_channel).declare()
        except AMQPError as error:
            return error.reply_text.split(" - ")[0]
    return "accepted"


def answer(node, greeting):
    """A server that does not speak the protocol answers with its own."""
    with socket.create_connection(("127.0.0.1", node.port), 30) as client:
        client.sendall(greeting)
        major = client.recv(8)[5]
    return "yes" if major == 1 else "no"


def length(node):
    with Connection(node.url) as connection:
        channel = connection.default_channel
        return channel.queue_declare("celery", passive=True).message_count


def taken(node):
    with Connection(node.url) as connection:
        queue = Queue("celery")(connection.default_channel)
        return len([*iter(lambda: queue.get(no_ack=True), None)])


def main():
    with ThreadPoolExecutor(3) as pool:
        suites = "bookworm", "trixie", None
        found = [dict(row) for row in pool.map(lambda s: [*asked(s)], suites)]
    rows = [[what, *(f[what] for f in found)] for what in found[0]]
    table(*rows)


if __name__ == "__main__":
    os.environ.pop("CELERY_RESULT_BACKEND", None)
    main()
