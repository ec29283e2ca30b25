# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["rabbitmq", "redis"]
# timeout = 180
# ///
"""A worker dies after its ack: does a result backend save the task?"""

import os

from celery import Celery

from acked.lab import finished, open_gate, started, table, work
from acked.services import Worker, wait_until

app = Celery("backend")
app.conf.worker_prefetch_multiplier = 1


# --8<-- [start:tasks]
@app.task(ignore_result=True)
def no_backend(order):
    work(order)  # signs in, waits at a gate, signs out


@app.task(track_started=True)  # the backend is told: STARTED
def with_backend(order):
    work(order)


@app.task(track_started=True, acks_late=True)
def late(order):
    work(order)
# --8<-- [end:tasks]


TASKS = {
    no_backend: "no result backend",
    with_backend: "result backend",
    late: "result backend, `acks_late`",
}


def main():
    # --8<-- [start:crash]
    with Worker(__file__, "--concurrency=3") as worker:
        results = {task: task.delay(task.__name__) for task in TASKS}
        wait_until(lambda: all(started(task.__name__) for task in TASKS))
        wait_until(lambda: results[with_backend].state == "STARTED")
        wait_until(lambda: all_accepted(worker))
        worker.kill()
    # --8<-- [end:crash]
    for task in TASKS:
        open_gate(task.__name__)
    with Worker(__file__, "--concurrency=1"):
        results["last"] = late.delay("last")
        open_gate("last")
        results["last"].get(timeout=60)
        results[late].get(timeout=60)
    rows = [["task", "started", "finished", "state in the end"]]
    for task, name in TASKS.items():
        order = task.__name__
        state = f"`{results[task].state}`"
        rows += [[name, started(order), finished(order), state]]
    table(*rows)


def all_accepted(worker):
    """The parent knows that all three run, so it has acked the early ones."""
    replies = app.control.inspect(limit=1).active() or {}
    return sum(map(len, replies.values())) == len(TASKS)


if __name__ == "__main__":
    assert os.environ.get("CELERY_RESULT_BACKEND")
    main()
