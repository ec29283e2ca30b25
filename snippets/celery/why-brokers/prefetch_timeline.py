# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["rabbitmq", "redis"]
# timeout = 150
# ///
"""A slow task before fast ones, with two prefetch limits.

Prints a timeline: seconds, lane, mark, text.
"""

import os
import time

from celery import Celery
from redis import Redis

from acked.services import Worker, wait_until

# --8<-- [start:task]
app = Celery("prefetch_timeline")
app.conf.worker_prefetch_multiplier = int(os.environ.get("MULTIPLIER", 4))
app.conf.task_acks_late = app.conf.worker_prefetch_multiplier == 1


@app.task
def job(run, name, seconds):
    tell(run, "+", name)
    time.sleep(seconds)
    tell(run, "-", name)
# --8<-- [end:task]


record = Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
FAST = ("fast 1", "fast 2", "fast 3")


def tell(run, mark, name):
    record.rpush(run, f"{time.time()}|{os.environ['WORKER']}|{mark}|{name}")


def worker(number, multiplier):
    env = {
        **os.environ,
        "WORKER": str(number),
        "MULTIPLIER": str(multiplier),
    }
    return Worker(__file__, "--concurrency=1 --without-gossip", env)


def ended(run):
    return sum("|-|" in event for event in record.lrange(run, 0, -1))


def events(run, multiplier):
    with worker(1, multiplier), worker(2, multiplier):
        # --8<-- [start:send]
        job.delay(run, "slow", 4)
        wait_until(lambda: record.llen(run) == 1)
        for name in FAST:
            job.delay(run, name, 0.3)
        # --8<-- [end:send]
        wait_until(lambda: ended(run) == 4, 60, "all four")
    found = [event.split("|") for event in record.lrange(run, 0, -1)]
    began, busy, *_ = found[0]
    return [
        (float(at) - float(began), lane(run, number == busy), mark, name)
        for at, number, mark, name in found
    ]


def lane(run, is_busy):
    return f"{run}: {'busy' if is_busy else 'other'} worker"


def main():
    lines, shift = [], 0.0
    for run, multiplier in (("default", 4), ("limit 1", 1)):
        found = sorted(events(run, multiplier))
        lines += [(at + shift, *rest) for at, *rest in found]
        shift = max(at for at, *_ in lines) + 0.5
    for at, lane, mark, text in lines:
        print(f"{at:.2f}  {lane}  {mark}  {text}")


if __name__ == "__main__":
    main()
