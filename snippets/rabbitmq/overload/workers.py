# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "redis"]
#
# [tool.acked]
# services = ["rabbitmq", "redis"]
# timeout = 240
# ///
"""More worker processes: for tasks that wait, and for one slow resource."""

import os
from time import perf_counter, sleep

from celery import Celery

from acked.lab import note, record, runs, table
from acked.services import Worker, wait_until

os.environ.pop("CELERY_RESULT_BACKEND", None)
# --8<-- [start:tasks]
app = Celery("workers")
app.conf.worker_prefetch_multiplier = 1


@app.task
def fetch(order):
    sleep(1)  # somebody else's answer
    note(f"order {order}")


@app.task
def charge(order):
    with record.lock("the only till"):
        sleep(0.4)
    note(f"order {order}")
# --8<-- [end:tasks]


# --8<-- [start:compare]
def seconds(task, processes):
    record.flushdb()
    with Worker(__file__, f"--concurrency={processes}"):
        start = perf_counter()
        for order in range(6):
            task.delay(order)
        wait_until(lambda: all(runs(f"order {n}") for n in range(6)), 90)
        return perf_counter() - start
# --8<-- [end:compare]


def row(name, task):
    ratio = seconds(task, 1) / seconds(task, 6)
    if ratio > 2:
        return [name, "more than 2 x as fast"]
    return [name, "less than 2 x as fast"]


def main():
    table(
        ["six tasks", "six processes against one"],
        row("`fetch`", fetch),
        row("`charge`", charge),
    )


if __name__ == "__main__":
    main()
