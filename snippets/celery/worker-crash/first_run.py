# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]"]
#
# [tool.acked]
# services = ["redis"]
# worker = "--concurrency=1"
# ///
"""The first run of a task is killed, or raises: which setting runs it again?"""

import os
import signal

from celery import Celery
from redis import Redis

from acked.services import wait_until

app = Celery("first_run")
record = Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)


# --8<-- [start:work]
def work(order):
    if record.incr(order) > 1:
        return
    if order.endswith("killed"):
        os.kill(os.getpid(), signal.SIGKILL)  # as the OOM killer does it
    raise ConnectionError("the payment service is down")
# --8<-- [end:work]


# --8<-- [start:tasks]
@app.task
def default(order):
    work(order)


@app.task(acks_late=True)
def late(order):
    work(order)


@app.task(
    acks_late=True, autoretry_for=(Exception,), default_retry_delay=0
)
def late_autoretry(order):
    work(order)


@app.task(acks_late=True, reject_on_worker_lost=True)
def late_reject(order):
    work(order)


@app.task(retry_on_worker_lost=True, default_retry_delay=0)  # Celery 5.7
def retry_when_lost(order):
    work(order)
# --8<-- [end:tasks]


def outcome(order, result):
    wait_until(result.ready)
    print(order, record.get(order), result.state, result.info)
    runs = record.get(order)


if __name__ == "__main__":
    results = {}
    for task in [default, late, late_autoretry, late_reject, retry_when_lost]:
        for what in ("killed", "raises"):
            order=f"{task.__name__} {what}"
            results[order] = task.delay(order)
    for o, r in results.items():
        outcome(o, r)
    late.delay("marker raises")
    wait_until(lambda: record.exists("marker raises"))
    print(record.hlen("unacked"), record.llen("celery"))
