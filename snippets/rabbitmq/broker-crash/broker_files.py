"""What a node's files know, and what its queues hold, seen from outside."""

import json
from pathlib import Path

from amqp.exceptions import NotFound
from kombu import Connection

from acked.services import RabbitMQ, wait_until

HEADER, ENTRY = 64, 32  # bytes in the index file of a classic queue
END = -1  # the body of the last message


def index_entries(broker: RabbitMQ, queue: str) -> int:
    """How many messages of a classic queue its index file holds."""
    name_line = f"QUEUE: {queue}\n".encode()
    for name_file in (broker.home / "data").rglob(".queue_name"):
        if name_line in name_file.read_bytes():
            files = name_file.parent.glob("*.qi")
            # Written a moment after the index.
            stored = any(name_file.parent.glob("*.qs"))
            return sum(entries(file) for file in files) if stored else 0
    return 0


def entries(file: Path) -> int:
    return max(0, file.stat().st_size - HEADER) // ENTRY


def knows_quorum_queue(broker: RabbitMQ, queue: str) -> bool:
    """Whether the file that maps quorum queues to their logs has it yet."""
    [directory] = (broker.home / "data").glob("*/quorum/*/names.dets")
    return queue.encode() in directory.read_bytes()


def consume_all(url: str, queue: str) -> list | None:
    """The bodies in a queue, up to one sent now; None: there is no queue."""
    confirms = {"confirm_publish": True}
    with Connection(url, transport_options=confirms) as connection:
        channel = connection.default_channel
        try:
            channel.queue_declare(queue, passive=True)
        except NotFound:
            return None
        connection.Producer().publish(END, routing_key=queue)
        bodies = []
        while END not in bodies:
            message = wait_until(lambda: channel.basic_get(queue, no_ack=True))
            bodies.append(json.loads(message.body))
        return bodies[:-1]
