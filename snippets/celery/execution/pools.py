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
import time
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
    where = f"{os.getpid()} {threading.get_ident()}"
    redis.rpush(f"{pool} started", where)
    redis.blmove(f"{pool} gate", f"{pool} gate", timeout=0)
    redis.incr(f"{pool} finished")
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
        time.sleep(1)  # time for a fourth, if it would come
        at_once = started()
        # --8<-- [end:count]
        name = [f"{worker.home.name}@{os.uname().nodename}"]
        answers = app.control.ping(destination=name, timeout=5)
        redis.lpush(f"{pool} gate", "open")
        wait_until(lambda: redis.get(f"{pool} finished") == "8")
        pids = {line.split()[0] for line in at_once}
        threads = {line for line in at_once}
        own = "yes" if pids == {str(worker.pid)} else "no"
        ping = "yes" if answers else "no"
    return [pool, 8, len(at_once), len(pids), len(threads), own, ping]


def main():
    head = ["pool", "sent", "at once", "processes", "threads"]
    head += ["runs in the worker's main process", "answers `ping` meanwhile"]
    with ThreadPoolExecutor() as pool:
        table(head, *pool.map(experiment, AT_ONCE))


if __name__ == "__main__":
    main()
