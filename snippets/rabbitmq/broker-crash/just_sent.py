# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# timeout = 120
# ///
"""Send 100 tasks, see all 100 in the queue, SIGKILL RabbitMQ, count again."""

from broker_files import consume_all, index_entries, knows_quorum_queue
from celery import Celery
from kombu import Connection

from acked.lab import table
from acked.services import RabbitMQ, wait_until

# --8<-- [start:settings]
CASES = {
    "Celery's defaults": {},
    "Celery's defaults, queue left quiet": {},
    "confirms": {"broker_transport_options": {"confirm_publish": True}},
    "quorum queue": {"task_default_queue_type": "quorum"},
}
# --8<-- [end:settings]


def task_of(broker: RabbitMQ, case: str):
    """`ship` of an app with these settings and a queue of that name."""
    app = Celery(case, broker=broker.url)
    app.conf.update(CASES[case], task_default_queue=case)
    return app.task(ship)


def ship(order):
    """Never run here: no worker is started."""


def length(broker: RabbitMQ, queue: str) -> int:
    with Connection(broker.url) as connection:
        channel = connection.default_channel
        return channel.queue_declare(queue, passive=True).message_count


def settle(broker: RabbitMQ, case: str) -> None:
    if case.endswith("quiet"):
        wait_until(lambda: index_entries(broker, case) == 100)
    if case.startswith("quorum"):
        wait_until(lambda: knows_quorum_queue(broker, case))


def main() -> None:
    with RabbitMQ() as broker:
        tasks = {case: task_of(broker, case) for case in reversed(CASES)}
        # --8<-- [start:crash]
        for case, ship in tasks.items():
            for order in range(100):
                ship.delay(order)
            settle(broker, case)
        before = {case: length(broker, case) for case in tasks}
        broker.kill()
        broker.start()
        after = {case: len(consume_all(broker.url, case)) for case in tasks}
        # --8<-- [end:crash]
    table(
        ("settings", "in the queue", "there after SIGKILL"),
        *((case, before[case], after[case]) for case in CASES),
    )


if __name__ == "__main__":
    main()
