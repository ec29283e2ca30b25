# /// script
# requires-python = ">=3.12"
# dependencies = ["kombu"]
#
# [tool.acked]
# services = ["rabbitmq"]
# timeout = 120
# ///
"""The same three consumers on one queue, and on three bound to a fanout."""

import os
from contextlib import ExitStack

from kombu import Connection, Exchange, Queue

from acked.lab import table



def received(queues, exchange):
    """How many of three messages each consumer gets."""
    counts = [0, 0, 0]

    def consumer(number, queue, connection):
        def got(body, message):
            counts[number] += 1
            message.ack()

        return connection.Consumer(queue, callbacks=[got])

    with Connection(os.environ["AMQP_URL"]) as connection, ExitStack() as stack:
        for number, queue in enumerate(queues):
            channel = stack.enter_context(connection.channel())
            stack.enter_context(consumer(number, queue(channel), connection))
        producer = connection.Producer(exchange=exchange, routing_key="news")
        for text in ("one", "two", "three"):
            producer.publish(text)
        while sum(counts) < 3 * len({queue.name for queue in queues}):
            connection.drain_events(timeout=60)
        try:
            while True:  # and not one more than these
                connection.drain_events(timeout=1)
        except TimeoutError:
            return counts


def main():
    # --8<-- [start:queues]
    direct = Exchange("direct-news", "direct")
    shared = [Queue("news", direct, routing_key="news")] * 3
    everyone = Exchange("fanout-news", "fanout")
    own = [Queue(f"news-{number}", everyone) for number in range(3)]
    # --8<-- [end:queues]
    table(
        ("three messages to", "consumer 1", "consumer 2", "consumer 3"),
        ("one queue that all read", *received(shared, direct)),
        ("a fanout exchange, a queue each", *received(own, everyone)),
    )


if __name__ == "__main__":
    main()
