# /// script
# requires-python = ">=3.12"
# dependencies = ["amqp", "kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# environments = ["bookworm", "trixie"]
# timeout = 180
# ///
"""A consumer lives, but keeps a message for longer than consumer_timeout."""

from concurrent.futures import ThreadPoolExecutor
from itertools import product
from time import monotonic

from amqp.exceptions import ConsumerCancelled, PreconditionFailed
from kombu import Connection, Queue

from acked.lab import table
from acked.services import RabbitMQ, wait_until

SERVERS = {"3.10": "bookworm", "4.0": "trixie", "4.3": None}
KINDS = ["classic", "quorum"]
CONFIG = "consumer_timeout = 1000\n"  # ms; 30 minutes by default
# Older versions look once a minute.
LOOK_OFTEN = "application:set_env(rabbit, channel_tick_interval, 500)."
PATIENCE = 6  # s


def hold(node, kind):
    """What becomes of a consumer that gets a message and does nothing."""
    with Connection(node.url) as connection:
        # --8<-- [start:hold]
        channel = connection.default_channel
        queue = Queue(kind, queue_arguments={"x-queue-type": kind})(channel)
        queue.declare()
        connection.Producer().publish("a long job", routing_key=kind)
        queue.consume(callback=lambda message: None)
        deadline = monotonic() + PATIENCE
        try:
            while monotonic() < deadline:
                drain(connection)
            told = "nothing"
        except (PreconditionFailed, ConsumerCancelled) as error:
            told = f"`{type(error).__name__}`"
        # --8<-- [end:hold]
        return [told, *found_by_another(node, kind, told)]


def drain(connection):
    try:
        connection.drain_events(timeout=0.5)
    except TimeoutError:
        pass


def found_by_another(node, kind, told):
    """(who has it, x-delivery-count), while the holder is still connected."""
    with Connection(node.url) as connection:
        queue = Queue(kind)(connection.default_channel)
        if told == "nothing":
            assert queue.get() is None
            return "the consumer", "-"
        message = wait_until(queue.get)
        return "the next one", message.headers.get("x-delivery-count", "-")


def run(servers):
    with RabbitMQ(servers=servers, config=CONFIG) as node:
        if servers:
            node.rabbitmqctl("eval", LOOK_OFTEN)
        with ThreadPoolExecutor() as threads:
            both = threads.map(hold, [node] * len(KINDS), KINDS)
            return dict(zip(KINDS, both))


def main():
    with ThreadPoolExecutor() as threads:
        results = dict(zip(SERVERS, threads.map(run, SERVERS.values())))
    rows = [[
        "RabbitMQ",
        "queue",
        "the consumer is told",
        "who has the message then",
        "`x-delivery-count`",
    ]]
    for version, kind in product(SERVERS, KINDS):
        rows += [[version, kind, *results[version][kind]]]
    table(*rows)


if __name__ == "__main__":
    main()
