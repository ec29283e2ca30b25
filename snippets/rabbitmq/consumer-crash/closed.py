# /// script
# requires-python = ">=3.12"
# dependencies = ["kombu"]
#
# [tool.acked]
# services = ["rabbitmq"]
# timeout = 60
# ///
"""What gives unacked messages back: which end of what?"""

import os

from kombu import Connection, Queue

from acked.lab import table
from acked.services import wait_until

URL = os.environ.get("AMQP_URL", "amqp://guest:guest@localhost:5672//")

# --8<-- [start:ends]
ENDS = {
    "cancels its subscription": lambda c: c.channel.basic_cancel(c.tag),
    "closes its channel": lambda c: c.channel.close(),
    "closes its connection": lambda c: c.connection.close(),
    "loses its connection": lambda c: c.connection.transport.sock.close(),
}
# --8<-- [end:ends]


class Consumer:
    """Three messages, delivered and not acknowledged."""

    def __init__(self, name):
        self.amqp = Connection(URL)
        self.channel = self.amqp.default_channel
        self.connection = self.amqp.connection
        held = []
        queue = Queue(name)(self.channel)
        queue.declare()
        for number in range(3):
            self.amqp.Producer().publish(number, routing_key=name)
        self.tag = queue.consume(callback=held.append)
        while len(held) < 3:
            self.connection.drain_events(timeout=10)


def ready(name, channel):
    return channel.queue_declare(name, passive=True).message_count


def main():
    with Connection(URL) as connection:
        channel = connection.default_channel
        consumers = {end: Consumer(end) for end in ENDS}
        assert not any(ready(end, channel) for end in ENDS)
        for end, act in ENDS.items():
            act(consumers[end])
        for end in list(ENDS)[1:]:
            wait_until(lambda end=end: ready(end, channel) == 3)
        rows = [["the consumer", "back in the queue"]]
        for end in ENDS:
            rows += [[end, f"{ready(end, channel)} of 3"]]
    table(*rows)


if __name__ == "__main__":
    main()
