# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# timeout = 120
# ///
"""`.delay()` while RabbitMQ has a memory alarm."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NoAnswer

from celery import Celery

from acked.lab import table
from acked.services import RabbitMQ, wait_until

PATIENCE = 8


def ship(order):
    """The task; no worker runs it here."""


def ship_of(broker, queue):
    app = Celery(queue, broker=broker.url)
    app.conf.task_default_queue = queue
    if "confirms" in queue:
        app.conf.broker_transport_options = {"confirm_publish": True}
    return app.task(ship, name="ship")


def length(broker, queue):
    with Celery("reader", broker=broker.url).connection() as connection:
        channel = connection.default_channel
        return channel.queue_declare(queue, passive=True).message_count


# --8<-- [start:send]
def send_100(task):
    for order in range(100):
        task.delay(order)
    return "returns 100 times"


def during_the_alarm(broker, queues):
    limit = ["set_vm_memory_high_watermark", "absolute"]
    broker.rabbitmqctl(*limit, "1MB")
    calls = [threads.submit(send_100, ship_of(broker, q)) for q in queues]
    said = [answer(call) for call in calls]
    return calls, said, [length(broker, queue) for queue in queues]
# --8<-- [end:send]


def answer(call):
    try:
        return call.result(PATIENCE)
    except NoAnswer:
        return "hangs"


def main():
    cleared = ["defaults", "confirms"]
    killed = ["defaults, killed", "confirms, killed"]
    with RabbitMQ() as broker:
        # --8<-- [start:alarm]
        calls, said, during = during_the_alarm(broker, cleared)
        broker.rabbitmqctl("set_vm_memory_high_watermark", "0.6")
        wait_until(lambda: all(call.done() for call in calls))
        wait_until(lambda: length(broker, "defaults") == 100)
        after = [length(broker, queue) for queue in cleared]

        _, said_too, during_too = during_the_alarm(broker, killed)
        broker.kill()
        broker.start()
        after_too = [length(broker, queue) for queue in killed]
        # --8<-- [end:alarm]
        broker.__exit__()
    rows = [
        (case, word, held, what, found)
        for what, *columns in (
            ("the alarm ends", said, during, after),
            ("SIGKILL", said_too, during_too, after_too),
        )
        for case, word, held, found in zip(cleared, *columns)
    ]
    table(
        ("settings", "`.delay()`", "in the queue", "then", "in the queue"),
        *rows,
    )
    sys.stdout.flush()
    os._exit(0)  # nobody waits for what hangs


threads = ThreadPoolExecutor()
if __name__ == "__main__":
    main()
