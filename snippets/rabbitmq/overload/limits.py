# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "kombu"]
#
# [tool.acked]
# services = ["rabbitmq"]
# timeout = 180
# ///
"""A hundred tasks for a queue with room for ten: what is kept, who is told."""

import json
import os
from itertools import product
from time import sleep

from celery import Celery
from kombu import Exchange, Queue
from kombu.exceptions import OperationalError

from acked.lab import table
from acked.services import wait_until

URL = os.environ.get("CELERY_BROKER_URL", "amqp://guest:guest@localhost//")
MODES = ["drop-head", "reject-publish", "reject-publish-dlx"]


# --8<-- [start:limit]
def bounded(name, kind, overflow):
    return Queue(
        name,
        Exchange(name),
        routing_key=name,
        queue_arguments={
            "x-queue-type": kind,
            "x-max-length": 10,
            "x-overflow": overflow,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": f"{name} dropped",
        },
    )


def refused(task, order):
    try:
        # The last one with Celery's default retries, as `.delay()` has them.
        task.apply_async([order], retry=order == 99)
    except OperationalError:
        return True
# --8<-- [end:limit]


def ship(order):
    """The task; no worker runs it here."""


def numbers(queue):
    """Which orders are in it."""
    messages = iter(lambda: queue.get(no_ack=True), None)
    return [json.loads(message.body)[0][0] for message in messages]


def run(kind, overflow, confirms):
    name = f"{kind} {overflow} {confirms}"
    app = Celery(name, broker=URL)
    app.conf.broker_transport_options = {"confirm_publish": confirms}
    app.conf.task_queues = [bounded(name, kind, overflow)]
    app.conf.task_default_queue = name
    task = app.task(ship)
    with app.connection() as connection:
        dropped = Queue(f"{name} dropped", durable=True)
        channel = connection.default_channel
        dropped = dropped(channel)
        dropped.declare()
        told = sum(bool(refused(task, order)) for order in range(100))

        def length(of):
            return channel.queue_declare(of, passive=True).message_count

        if overflow == "reject-publish":
            sleep(2)  # what was refused in silence leaves no trace
        else:
            # Four attempts to send the last one: see the retries above.
            copies = 3 if told and overflow == "reject-publish-dlx" else 0
            wait_until(
                lambda: length(name) + length(dropped.name) == 100 + copies, 60
            )
        kept, dead = numbers(Queue(name)(channel)), numbers(dropped)
    return outcome(kept, dead, told, exact=confirms and kind == "classic")


def outcome(kept, dead, told, exact):
    count = len(kept)
    first = kept == [*range(count)]
    # Without confirms, or in a quorum queue, the refusal comes a bit late.
    late = first and not exact and 10 < count < 100
    assert count == 10 or late, (kept, dead, told)
    assert first or kept == [*range(90, 100)]
    which = "the first" if first else "the last"
    number = "10" if exact or not first else "10 or more"
    rest = 100 - len({*kept, *dead})
    assert rest in (0, 100 - count)
    copies = len(dead) - len({*dead})
    lettered = "none" if rest else "the rest"
    if copies:
        lettered += f", order 99 {copies + 1} times"
    refusals = {0: "none", 100 - count: "the rest"}[told]
    lost = "the rest" if rest and not told else "none"
    return [f"{which} {number}", lettered, refusals, lost]


def main():
    rows = []
    for kind, overflow in product(["classic", "quorum"], MODES):
        for confirms in (False, True):
            answer = "yes" if confirms else "no"
            rows += [[
                f"{kind}, `{overflow}`",
                answer,
                *run(kind, overflow, confirms),
            ]]
    table(
        [
            "queue",
            "confirms",
            "kept",
            "dead-lettered",
            "`OperationalError` for",
            "gone unnoticed",
        ],
        *rows,
    )


if __name__ == "__main__":
    main()
