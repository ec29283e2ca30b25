# /// script
# requires-python = ">=3.12"
# dependencies = ["kombu", "amqp"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# environments = ["bookworm", "trixie"]
# timeout = 200
# ///
"""Confirmed messages over a clean restart and a SIGKILL, on three versions."""

from concurrent.futures import ThreadPoolExecutor

from amqp import Message
from amqp.exceptions import NotFound
from kombu import Connection

from acked.lab import table
from acked.services import RabbitMQ, wait_until

SERVERS = {"3.10": "bookworm", "4.0": "trixie", "4.3": None}
ENDS = {"restart": RabbitMQ.stop, "SIGKILL": RabbitMQ.kill}

# --8<-- [start:pieces]
QUEUES = {
    "transient queue": {"durable": False},
    "durable queue": {"durable": True},
    "quorum queue": {"durable": True, "arguments": {"x-queue-type": "quorum"}},
}
MESSAGES = {"transient message": 1, "persistent message": 2}


def send(channel, name, queue, message):
    channel.queue_declare(name, auto_delete=False, **QUEUES[queue])
    for number in range(100):
        body = Message(str(number), delivery_mode=MESSAGES[message])
        channel.basic_publish_confirm(body, routing_key=name)
# --8<-- [end:pieces]


def on_disk(node, queue):
    """RabbitMQ notes a new quorum queue a moment later; not the matter here."""
    [directory] = (node.home / "data").glob("*/quorum/*/names.dets")
    return queue.encode() in directory.read_bytes()


def left(channel, queue):
    """How many are there, up to one that is sent for the purpose."""
    try:
        channel.queue_declare(queue, passive=True)
    except NotFound:
        return "queue gone"
    channel.basic_publish_confirm(Message("end"), routing_key=queue)
    bodies = []
    while "end" not in bodies:
        message = wait_until(lambda: channel.basic_get(queue, no_ack=True), 60)
        bodies.append(message.body)
    return len(bodies) - 1


def run(servers):
    found = {}
    with RabbitMQ(servers=servers) as node:
        for end in ENDS:
            places = [(q, m, end) for q in QUEUES for m in MESSAGES]
            with Connection(node.url) as connection:
                channel = connection.default_channel
                for queue, message, _ in places:
                    name = f"{queue}, {message}, {end}"
                    send(channel, name, queue, message)
                    if queue == "quorum queue":
                        wait_until(lambda n=name: on_disk(node, n), 60)
            ENDS[end](node)
            node.start()
            with Connection(node.url) as connection:
                for place in places:
                    name = ", ".join(place)
                    found[place] = left(connection.channel(), name)
    return found


if __name__ == "__main__":
    with ThreadPoolExecutor() as threads:
        found = list(threads.map(run, SERVERS.values()))
    head = [f"{v}, {end}" for v in SERVERS for end in ENDS]
    rows = [
        [f"{q}, {m}", *(f[q, m, end] for f in found for end in ENDS)]
        for q in QUEUES
        for m in MESSAGES
    ]
    table(["100 confirmed", *head], *rows)
