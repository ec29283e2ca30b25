# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "kombu"]
#
# [tool.acked]
# services = ["rabbitmq"]
# timeout = 120
# ///
"""Old tasks leave the queue, and no worker was ever started."""

import os

from celery import Celery
from kombu import Exchange, Queue

from acked.lab import table
from acked.services import wait_until

os.environ.pop("CELERY_RESULT_BACKEND", None)


# --8<-- [start:queues]
def queue(name, **arguments):
    return Queue(name, Exchange(name), name, queue_arguments=arguments)


app = Celery("expires")
app.conf.task_queues = [
    queue("plain"),
    queue("expires"),
    queue("behind"),
    queue("ttl", **{"x-message-ttl": 1000}),
]
# --8<-- [end:queues]


@app.task
def ship(order):
    """No worker runs it here."""


def length(name):
    with app.connection() as connection:
        declare = connection.default_channel.queue_declare
        return declare(name, passive=True).message_count


def main():
    # --8<-- [start:send]
    ship.apply_async(["without expires"], queue="behind")
    for order in range(10):
        ship.apply_async([order], queue="plain")
        ship.apply_async([order], queue="expires", expires=1)
        ship.apply_async([order], queue="behind", expires=1)
        ship.apply_async([order], queue="ttl")
    wait_until(lambda: length("expires") == length("ttl") == 0, 60)
    # --8<-- [end:send]
    table(
        ["ten tasks", "left after more than a second, without a worker"],
        ["without a limit", length("plain")],
        ["`expires=1`", length("expires")],
        ["`expires=1`, behind one task without", f"1 + {length('behind') - 1}"],
        ["in a queue with `x-message-ttl` 1000", length("ttl")],
    )


if __name__ == "__main__":
    main()
