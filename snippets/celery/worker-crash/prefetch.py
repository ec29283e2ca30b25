# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 240
# ///
"""One long task, four short ones: how many wait behind the long one while
another worker is idle?
"""

import json
import os
from concurrent.futures import ThreadPoolExecutor

from celery import Celery
from redis import Redis

from acked.lab import table
from acked.services import Worker, wait_until

app = Celery("prefetch")
app.conf.update(json.loads(os.environ.get("SETTINGS", "{}")))
redis = Redis.from_url(
    os.environ["REDIS_URL"], decode_responses=True, socket_timeout=None
)


# --8<-- [start:tasks]
@app.task
def long_task(queue):
    redis.incr(f"{queue} long")
    redis.blmove("gate", "gate", timeout=0)  # blocks until the gate is open


@app.task
def short_task(queue):
    redis.incr(f"{queue} short")
# --8<-- [end:tasks]


LATE = {"task_acks_late": True}
ONE = {"worker_prefetch_multiplier": 1}
CASES = {  # settings, and how many short tasks the busy worker then reserves
    "default: multiplier 4, early ack": ({}, 4),
    "multiplier 1, early ack": (ONE, 1),
    "multiplier 1, `acks_late`": ({**ONE, **LATE}, 0),
}


def worker(queue, settings):
    env = {**os.environ, "SETTINGS": json.dumps(settings)}
    flags = f"--concurrency=1 --without-gossip --without-mingle -Q {queue}"
    return Worker(__file__, flags, env)


def done_by_idle_worker(name):
    settings, reserved = CASES[name]
    queue = name.replace(" ", "-").replace(",", "")
    with worker(queue, settings):
        long_task.apply_async([queue], queue=queue)
        wait_until(lambda: redis.exists(f"{queue} long"))
        for _ in range(4):
            short_task.apply_async([queue], queue=queue)
        wait_until(lambda: redis.llen(queue) == 4 - reserved)
        with worker(queue, settings):
            last = short_task.apply_async([f"{queue} last"], queue=queue)
            last.get(timeout=60)
            return int(redis.get(f"{queue} short") or 0)


def main():
    with ThreadPoolExecutor() as pool:
        done = list(pool.map(done_by_idle_worker, CASES))
    table(
        ("settings", "done by the idle worker", "stuck behind the long task"),
        *((name, f"{n} of 4", 4 - n) for name, n in zip(CASES, done)),
    )


if __name__ == "__main__":
    main()
