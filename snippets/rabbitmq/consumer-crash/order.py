# /// script
# requires-python = ">=3.12"
# dependencies = ["kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# environments = ["bookworm", "trixie"]
# timeout = 180
# ///
"""Where does a returned message stand in its queue?"""

from concurrent.futures import ThreadPoolExecutor
from itertools import product

from kombu import Connection, Queue

from acked.lab import table
from acked.services import RabbitMQ, wait_until

SERVERS = {"3.10": "bookworm", "4.0": "trixie", "4.3": None}
KINDS = {
    "classic": {"x-queue-type": "classic"},
    "quorum": {"x-queue-type": "quorum"},
    "quorum, limit 3": {"x-queue-type": "quorum", "x-delivery-limit": 3},
}


class Consumer:
    """A channel that takes one message after the other, and acks none."""

    def __init__(self, connection, name):
        self.queue = Queue(name)(connection.channel())

    def take(self, number, of):
        """As soon as the queue has so many: returning takes a moment."""
        wait_until(lambda: self.ready() == of)
        return [wait_until(self.queue.get) for _ in range(number)]

    def ready(self):
        channel = self.queue.channel
        return channel.queue_declare(self.queue.name, passive=True)[1]

    def gone(self):
        self.queue.channel.close()


# --8<-- [start:cases]
def dies(first, second):
    first.take(3, of=6)
    first.gone()
    return second.take(6, of=6)


def dies_late(first, second):
    first.take(3, of=6)
    seen = second.take(3, of=3)
    first.gone()
    return seen + second.take(3, of=3)


def requeues_in_disorder(first, second):
    one, two, three = first.take(3, of=6)
    two.requeue()
    one.requeue()
    three.requeue()
    return second.take(6, of=6)
# --8<-- [end:cases]


CASES = {
    dies: "is gone with 1, 2, 3",
    dies_late: "the same, when the next one has 4, 5, 6",
    requeues_in_disorder: "requeues 2, then 1, then 3",
}


def run(node, kind, case):
    name = f"{kind} {case.__name__}"
    with Connection(node.url) as connection:
        queue = Queue(name, queue_arguments=KINDS[kind])
        queue(connection.default_channel).declare()
        for number in range(1, 7):
            connection.Producer().publish(number, routing_key=name)
        seen = case(Consumer(connection, name), Consumer(connection, name))
        return " ".join(str(message.payload) for message in seen)


def on(version):
    with RabbitMQ(servers=SERVERS[version]) as node:
        return {
            (kind, case): run(node, kind, case)
            for kind, case in product(KINDS, CASES)
        }


def main():
    with ThreadPoolExecutor() as threads:
        results = list(threads.map(on, SERVERS))
    rows = [["the first consumer", "queue", *SERVERS]]
    for case, kind in product(CASES, KINDS):
        cells = [result[kind, case] for result in results]
        rows += [[CASES[case], kind, *cells]]
    table(*rows)


if __name__ == "__main__":
    main()
