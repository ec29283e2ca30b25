"""The shop's app. Each task notes its start and its end in another Redis."""

import json
import os

from celery import Celery

from acked.lab import record

app = Celery("shop")
app.conf.update(json.loads(os.environ.get("SETTINGS", "{}")))


# --8<-- [start:mail]
@app.task
def mail(order, letter=""):
    record.incr(f"{order} begun")
    record.blmove(f"{order} gate", f"{order} gate", timeout=0)  # the work
    record.incr(f"{order} done")


# --8<-- [end:mail]


def begun(order):
    return int(record.get(f"{order} begun") or 0)


def done(order):
    return int(record.get(f"{order} done") or 0)


def open_gates(orders):
    for order in orders:
        record.lpush(f"{order} gate", "open")
