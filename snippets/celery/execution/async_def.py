# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 150
# ///
"""What does a worker do with async def?"""

import asyncio
import os

from celery import Celery
from redis import Redis

from acked.lab import table
from acked.services import Worker

app = Celery("async_def")
redis = Redis.from_url(os.environ["REDIS_URL"])


# --8<-- [start:tasks]
@app.task
async def charge():
    redis.incr("charge")


@app.task(ignore_result=True)
async def charge_ignored():
    redis.incr("charge_ignored")


@app.task
def charge_run():
    asyncio.run(work())


async def work():
    redis.incr("charge_run")
# --8<-- [end:tasks]


@app.task
def last():
    """Runs after all others: the worker has one process."""


NAMES = {
    charge: "`async def`",
    charge_ignored: "`async def`, `ignore_result`",
    charge_run: "`def` with `asyncio.run`",
}


def main():
    rows = [["task", "sent", "body executed", "the log says", "result"]]
    with Worker(__file__, "--concurrency=1") as worker:
        results = {task: task.delay() for task in NAMES}
        last.delay().get(timeout=30)
        log = worker.log()
    for task, result in results.items():
        end = f"Task {task.name}[{result.id}]"
        said = "succeeded" if f"{end} succeeded in" in log else "an error"
        stored = app.AsyncResult(result.id).result
        if isinstance(stored, Exception):
            stored = type(stored).__name__
        executed = int(redis.get(task.__name__) or 0)
        rows.append([NAMES[task], 1, executed, said, f"`{stored}`"])
    table(*rows)
    for function in (charge.run, charge_ignored.run):
        asyncio.run(function())  # awaited, the same bodies do run
    assert redis.mget("charge", "charge_ignored") == [b"1", b"1"]


if __name__ == "__main__":
    main()
