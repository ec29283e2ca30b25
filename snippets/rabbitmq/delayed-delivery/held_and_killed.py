# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# timeout = 120
# ///
"""A worker holds ETA tasks and is killed before their time."""

import os
import time

from celery import Celery

from acked.lab import note, record, runs, table
from acked.services import Worker, wait_until

app = Celery("held_and_killed")
FLAGS = "--concurrency=1 --without-gossip --without-mingle"


@app.task
def remind(key, due):
    note(key)
    if time.time() < due:
        record.incr("early")


def back():
    """How many wait in the queue, held by nobody."""
    with app.connection_for_read() as connection:
        channel = connection.default_channel
        return channel.queue_declare("celery", passive=True).message_count


def main():
    rows = []
    # --8<-- [start:killed]
    for key, second_worker in (("a", True), ("b", False)):
        with Worker(__file__, FLAGS) as first:
            due = time.time() + 12
            for _ in range(3):
                remind.apply_async([key, due], countdown=12)
            wait_until(lambda: first.log().count("received") == 3)
            first.kill()
        # --8<-- [end:killed]
        wait_until(lambda: back() == 3)
        if not second_worker:
            time.sleep(max(0, due + 2 - time.time()))
        before = runs(key)
        with Worker(__file__, FLAGS) as second:
            # Told by the parent, which has acknowledged it by then.
            wait_until(lambda s=second: s.log().count("succeeded") == 3, 60)
        rows.append([
            "at once" if second_worker else "after their time",
            3, before, runs(key), runs("early"),
        ])
    table(
        ["worker killed; the next one starts", "back in the queue",
         "run without a worker", "run then", "of them too early"],
        *rows,
    )


if __name__ == "__main__":
    os.environ.setdefault("CELERY_BROKER_URL", os.environ["AMQP_URL"])
    main()
