"""The shop whose broker dies; a worker gets its settings from outside."""

import json
import os

from celery import Celery

from acked.lab import record

app = Celery("shop")
app.conf.update(json.loads(os.environ.get("SETTINGS", "{}")))


# --8<-- [start:charge]
@app.task(autoretry_for=(Exception,), retry_backoff=True, max_retries=10)
def charge(order):
    record.incr(f"{order} started")
    record.blmove(f"{order} gate", f"{order} gate", timeout=0)  # the work
    record.incr(f"{order} finished")
# --8<-- [end:charge]


def open_gate(order):
    """Let this task come to its end, now and at any later run of it."""
    record.lpush(f"{order} gate", "open")


def count(order, what):
    return int(record.get(f"{order} {what}") or 0)


def state(order):
    return app.AsyncResult(order).state
