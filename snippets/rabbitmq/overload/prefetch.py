# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "redis"]
#
# [tool.acked]
# services = ["rabbitmq", "redis"]
# timeout = 180
# ///
"""One long task, twenty short ones, a second worker; a prefetch of ten."""

import os
from time import time

from celery import Celery

from acked.lab import open_gate, record, started, work
from acked.services import Worker, wait_until

os.environ.pop("CELERY_RESULT_BACKEND", None)
# --8<-- [start:app]
app = Celery("prefetch")
app.conf.task_acks_late = True
app.conf.worker_prefetch_multiplier = int(os.environ.get("MULTIPLIER", 4))


@app.task
def ship(order):
    if order == 0:
        work("long")  # until its gate is open
    record.hincrby("done", os.environ["SEAT"])
# --8<-- [end:app]


def done(seat):
    return int(record.hget("done", seat) or 0)


def waiting(queue):
    """What no worker has got."""
    with app.connection() as connection:
        declare = connection.default_channel.queue_declare
        return declare(queue, passive=True).message_count


BEGIN = time()


def note(lane, mark, text):
    print(f"{time() - BEGIN:.2f}  {lane}  {mark}  {text}")


def seat(number, multiplier, queue):
    env = {"MULTIPLIER": str(multiplier), "SEAT": f"worker {number}"}
    return Worker(__file__, f"--concurrency=1 --queues={queue}", env)


def follow(multiplier):
    record.flushdb()
    queue = f"orders{multiplier}"
    behind = multiplier - 1
    # --8<-- [start:drive]
    with seat(1, multiplier, queue):
        for order in range(21):
            ship.apply_async([order], queue=queue)
        note("sender", ".", f"multiplier {multiplier}: 1 long, 20 short tasks")
        wait_until(lambda: waiting(queue) == 21 - multiplier, 60)
        wait_until(lambda: started("long"), 60)
        note("worker 1", "+", f"the long task, {behind} short ones reserved")
        with seat(2, multiplier, queue):
            note("worker 2", "+", "comes to help")
            wait_until(lambda: done("worker 2") == 20 - behind, 60)
            assert waiting(queue) == 0
            note("worker 2", "-", f"{20 - behind} done, the queue is empty")
            open_gate("long")
            wait_until(lambda: done("worker 1") == 1 + behind, 60)
            note("worker 1", "-", f"the long task and {behind} short ones done")
    # --8<-- [end:drive]


if __name__ == "__main__":
    follow(10)
    follow(1)
