"""The shop that all brokers serve; a process gets its broker from outside."""

import json
import os
import time

from celery import Celery
from kombu import Queue
from kombu.common import Broadcast

from acked.lab import record

app = Celery("shop")
app.conf.update(json.loads(os.environ.get("SETTINGS", "{}")))
kind = {"x-queue-type": app.conf.task_default_queue_type}
app.conf.task_queues = [
    Queue("celery", queue_arguments=kind),
    Broadcast("news"),
]


# --8<-- [start:tasks]
@app.task
def note(case, order):
    record.hset(f"{case} at", order, time.time())
    record.sadd(f"{case} by", os.environ["WORKER"])
    record.rpush(f"{case} done", order)


@app.task
def hold(case, order):
    record.rpush(f"{case} started", os.environ["WORKER"])
    record.blmove(f"{case} gate", f"{case} gate", timeout=0)  # the work
    record.rpush(f"{case} done", order)
# --8<-- [end:tasks]


def done(case):
    return record.lrange(f"{case} done", 0, -1)


def started(case):
    """The workers that started a task, in this order."""
    return record.lrange(f"{case} started", 0, -1)


def open_gate(case):
    record.lpush(f"{case} gate", "open")
