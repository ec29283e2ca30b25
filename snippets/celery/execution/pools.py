# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 150
# ///
"""Eight tasks, --concurrency=3, three pools: how many at once, and where?"""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

from celery import Celery
from redis import Redis

from acked.lab import table
from acked.services import Worker, wait_until

app = Celery("pools")
redis = Redis.from_url(
    os.environ["REDIS_URL"], db=1, decode_responses=True, socket_timeout=None
)


# --8<-- [start:task]
@app.task
def work(pool):
    at_work = redis.incr(f"{pool} at work")
    where = f"{os.getpid()} {threading.get_ident()}"
    redis.rpush(f"{pool} started", f"{at_work} {where}")
    redis.blpop(f"{pool} tickets", timeout=0)  # one ticket ends one task
    redis.decr(f"{pool} at work")
# --8<-- [end:task]


AT_ONCE = {"prefork": 3, "threads": 3, "solo": 1}


def experiment(pool):
    def started():
        return redis.lrange(f"{pool} started", 0, -1)

    # --8<-- [start:count]
    options = f"--pool={pool} --concurrency=3 -Q {pool}"
    with Worker(__file__, options) as worker:
        for _ in range(8):
            work.apply_async([pool], queue=pool)
        wait_until(lambda: len(started()) == AT_ONCE[pool])
        answers = ping(worker, pool)
        for number in range(AT_ONCE[pool], 8):
            redis.rpush(f"{pool} tickets", "ticket")  # one ends, one starts
            wait_until(lambda many=number + 1: len(started()) == many)
        # --8<-- [end:count]
        redis.rpush(f"{pool} tickets", *["ticket"] * AT_ONCE[pool])
        wait_until(lambda: redis.get(f"{pool} at work") == "0")
        runs = [line.split() for line in started()]
        pids = {pid for _, pid, _ in runs}
        threads = {(pid, thread) for _, pid, thread in runs}
        own = "yes" if pids == {str(worker.pid)} else "no"
    at_once = max(int(at_work) for at_work, _, _ in runs)
    assert at_once == AT_ONCE[pool]
    return [pool, 8, at_once, len(pids), len(threads), own, answers]


def ping(worker, pool):
    """Whether it answers; one that can gets as long as it needs."""
    name = [f"{worker.home.name}@{os.uname().nodename}"]
    seconds = 3 if pool == "solo" else 60
    inspect = app.control.inspect(name, timeout=seconds, limit=1)
    return "yes" if inspect.ping() else "no"


def main():
    head = ["pool", "sent", "at once", "processes", "threads"]
    head += ["runs in the worker's main process", "answers `ping` meanwhile"]
    with ThreadPoolExecutor() as pool:
        table(head, *pool.map(experiment, AT_ONCE))


if __name__ == "__main__":
    main()
