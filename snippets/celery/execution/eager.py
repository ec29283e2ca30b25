# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 150
# ///
"""task_always_eager against a real worker."""

import json
import os
import time

from celery import Celery
from redis import Redis

from acked.lab import table
from acked.services import Worker

app = Celery("eager")
app.conf.update(json.loads(os.environ.get("SETTINGS", "{}")))
redis = Redis.from_url(os.environ["REDIS_URL"], db=1, socket_timeout=None)


# --8<-- [start:tasks]
@app.task
def pid():
    return os.getpid()


@app.task
def fails():
    raise ValueError("no such order")


@app.task
def slow():
    redis.blmove("gate", "gate", timeout=0)  # the work: until its gate opens
    redis.incr("slow done")
# --8<-- [end:tasks]


def column():
    slow_result = slow.delay()
    done_before = redis.exists("slow done")
    redis.lpush("gate", "open")
    slow_result.get(timeout=30)
    result = pid.delay()
    here = result.get(timeout=30) == os.getpid()
    sent = time.monotonic()
    pid.apply_async(countdown=3).get(timeout=30)
    waited = time.monotonic() - sent >= 3
    failed = fails.delay()
    failed.get(timeout=30, propagate=False)
    state = app.AsyncResult(failed.id).state
    answers = ["yes" if each else "no" for each in (done_before, here, waited)]
    return [*answers, f"`{failed.state}`", f"`{state}`"]


QUESTIONS = [
    "`delay()` returns after the task",
    "runs in the caller's process",
    "waits for `countdown=3`",
    "a task raises: `result.state`",
    "the same id, asked anew: `AsyncResult(id).state`",
]


def main():
    with Worker(__file__, "--concurrency=1"):
        real = column()
    redis.delete("slow done")  # the gate stays open: nobody else could
    app.conf.task_always_eager = True
    eager = column()
    table(
        ["", "worker", "`task_always_eager`"],
        *([q, a, b] for q, a, b in zip(QUESTIONS, real, eager)),
    )


if __name__ == "__main__":
    main()
