# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu"]
#
# [tool.acked]
# starts = ["redis", "valkey", "rabbitmq"]
# timeout = 240
# ///
"""100 tasks wait in the queue; the broker is killed and started again."""

import json
import os

from celery import Celery
from kombu import Connection

from acked.lab import table
from acked.services import RabbitMQ, Redis, Valkey, wait_until

os.environ.pop("CELERY_BROKER_URL", None)  # each case has its own
CONFIRMS = {"broker_transport_options": {"confirm_publish": True}}
END = -1  # sent last
QUORUM = {**CONFIRMS, "task_default_queue_type": "quorum"}
AT_ONCE, IDLE = {}, {}
# --8<-- [start:cases]
CASES = {
    "Redis, nothing set": (Redis, "", {}),
    "Redis, `appendonly yes`": (Redis, "--appendonly yes", {}),
    "Valkey, nothing set": (Valkey, "", {}),
    "Valkey, `appendonly yes`": (Valkey, "--appendonly yes", {}),
    "RabbitMQ, nothing set": (RabbitMQ, None, AT_ONCE),
    "RabbitMQ, nothing set, its queue idle": (RabbitMQ, None, IDLE),
    "RabbitMQ, `confirm_publish`": (RabbitMQ, None, CONFIRMS),
    "RabbitMQ, quorum, `confirm_publish`": (RabbitMQ, None, QUORUM),
}
# --8<-- [end:cases]


def ship(order):
    """Never run here: no worker is started."""


def length(url):
    with Connection(url) as connection:
        channel = connection.default_channel
        return channel.queue_declare("celery", passive=True).message_count


def consume_all(url):
    """How many tasks the queue still gives out."""
    options = CONFIRMS["broker_transport_options"]
    with Connection(url, transport_options=options) as connection:
        channel = connection.default_channel
        connection.Producer().publish(END, routing_key="celery")
        count = 0
        while True:
            message = wait_until(
                lambda: channel.basic_get("celery", no_ack=True)
            )
            if json.loads(message.body) == END:
                return count
            count += 1


def written(broker):
    """Messages in both files of the only queue: its index and its store."""
    indexes = (broker.home / "data").rglob("*.qi")  # a head, 32 bytes each
    indexed = sum((file.stat().st_size - 64) // 32 for file in indexes)
    stores = (broker.home / "data").rglob("*.qs")  # each names its task once
    stored = sum(file.read_bytes().count(b"ship") for file in stores)
    return min(indexed, stored)


def knows_its_queue(broker):
    """A young quorum queue is not yet in this file, and is not tested here."""
    [directory] = (broker.home / "data").glob("*/quorum/*/names.dets")
    return b"celery" in directory.read_bytes()


def crash(kind, options, settings):
    with kind(options) as broker:
        app = Celery("crash", broker=broker.url, set_as_current=False)
        app.conf.update(settings)
        task = app.task(ship)
        # --8<-- [start:crash]
        for order in range(100):
            task.delay(order)
        before = length(broker.url)
        if settings is QUORUM:
            wait_until(lambda: knows_its_queue(broker))
        if settings is IDLE:
            wait_until(lambda: written(broker) == 100)
        broker.kill()
        in_files = written(broker)
        broker.start()
        after = consume_all(broker.url)
        # --8<-- [end:crash]
    too_late = settings is AT_ONCE and in_files  # the queue fell idle first
    return None if too_late else (before, after)


def main():
    rows = [
        (name, *wait_until(lambda case=case: crash(*case), 120))
        for name, case in CASES.items()
    ]
    table(("broker", "in the queue", "there after SIGKILL"), *rows)


if __name__ == "__main__":
    main()
