# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "redis"]
#
# [tool.acked]
# services = ["rabbitmq", "redis"]
# timeout = 120
# ///
"""Two workers, one queue, and a first task that does not end."""

import os
from contextlib import ExitStack

from celery import Celery

from acked.lab import finished, open_gate, record, runs, table, work
from acked.services import Worker, wait_until

# --8<-- [start:app]
app = Celery("prefetch")
app.conf.task_acks_late = True
app.conf.worker_prefetch_multiplier = int(os.environ.get("MULTIPLIER", 4))


@app.task
def ship(queue, order):
    record.incr(f"{queue} {order}")
    if order == 0:
        work(queue)  # until its gate is open
    record.rpush(f"{queue} ends", order)
# --8<-- [end:app]


def ends(queue):
    return [int(order) for order in record.lrange(f"{queue} ends", 0, -1)]


def follow(multiplier):
    queue = f"multiplier {multiplier}"
    options = f"--concurrency=1 --queues=orders{multiplier}"
    env = {"MULTIPLIER": str(multiplier)}
    with ExitStack() as stack:
        # --8<-- [start:drive]
        for _ in range(2):
            stack.enter_context(Worker(__file__, options, env))
        for order in range(20):
            ship.apply_async([queue, order], queue=f"orders{multiplier}")
        held = multiplier  # order 0 and what its worker has prefetched
        wait_until(lambda: len(ends(queue)) == 20 - held, 60)
        ended = len(ends(queue))
        open_gate(queue)
        wait_until(lambda: len(ends(queue)) == 20, 60)
        # --8<-- [end:drive]
    assert finished(queue) == 1
    place = ends(queue).index(0) + 1
    once = sum(runs(f"{queue} {order}") == 1 for order in range(20))
    return multiplier, ended, f"{place} of 20", f"{once} of 20"


def main():
    os.environ.pop("CELERY_RESULT_BACKEND", None)
    table(
        [
            "prefetch multiplier",
            "ended while order 0 hangs",
            "order 0 ends as",
            "run exactly once",
        ],
        follow(4),
        follow(1),
    )


if __name__ == "__main__":
    main()
