# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 200
# ///
"""Soft and hard time limits in three pools."""

import time
from concurrent.futures import ThreadPoolExecutor

from celery import Celery
from celery.exceptions import SoftTimeLimitExceeded

from acked.lab import note, runs, table
from acked.services import Worker, wait_until

app = Celery("limits")


# --8<-- [start:tasks]
@app.task(soft_time_limit=1)
def soft(key):
    note(key)
    time.sleep(3)


@app.task(time_limit=1)
def hard(key):
    note(key)
    time.sleep(3)


@app.task(soft_time_limit=1)
def swallows(key):
    note(key)
    try:
        time.sleep(3)
    except Exception:  # SoftTimeLimitExceeded is one
        return "the call failed, go on"


@app.task(
    soft_time_limit=1,
    autoretry_for=(Exception,),
    max_retries=2,
    default_retry_delay=0,
)
def retries(key):
    note(key)
    time.sleep(3)
# --8<-- [end:tasks]


TASKS = {
    soft: "`soft_time_limit=1`",
    hard: "`time_limit=1`",
    swallows: "soft, inside `except Exception`",
    retries: "soft, `autoretry_for=(Exception,)`, `max_retries=2`",
}
POOLS = ["prefork", "threads", "solo"]


def outcomes(pool):
    options = f"--pool={pool} --concurrency=4 --without-gossip -Q {pool}"
    with Worker(__file__, options):
        sent = {
            task: task.apply_async([f"{pool} {task.__name__}"], queue=pool)
            for task in TASKS
        }
        for task, result in sent.items():
            wait_until(result.ready, 90, f"{task.name} in {pool}")
    return {task: outcome(pool, task, sent[task]) for task in TASKS}


def outcome(pool, task, result):
    count = runs(f"{pool} {task.__name__}")
    text = f"{count} run{'s' * (count > 1)} · `{result.state}`"
    if result.state == "FAILURE":
        text += f" {type(result.result).__name__}"
    return text


def main():
    assert issubclass(SoftTimeLimitExceeded, Exception)
    with ThreadPoolExecutor() as pool:
        found = dict(zip(POOLS, pool.map(outcomes, POOLS)))
    rows = [
        [label, *(found[pool][task] for pool in POOLS)]
        for task, label in TASKS.items()
    ]
    table(["a task of 3 s", *POOLS], *rows)


if __name__ == "__main__":
    main()
