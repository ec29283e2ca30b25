"""The shop whose worker dies; a worker gets its settings from outside."""

import json
import os

from celery import Celery

from acked.lab import record

app = Celery("shop")
app.conf.update(json.loads(os.environ.get("SETTINGS", "{}")))


# --8<-- [start:charge]
@app.task
def charge(order):
    record.rpush(f"{order} started", os.environ["WORKER"])
    record.blmove(f"{order} gate", f"{order} gate", timeout=0)  # the work
    record.rpush(f"{order} finished", os.environ["WORKER"])
# --8<-- [end:charge]


def open_gate(order):
    """Let this task come to its end, now and at any later run of it."""
    record.lpush(f"{order} gate", "open")


def started(order):
    """The workers that started it, in this order."""
    return record.lrange(f"{order} started", 0, -1)


def finished(order):
    return record.lrange(f"{order} finished", 0, -1)


def state(order):
    return app.AsyncResult(order).state
