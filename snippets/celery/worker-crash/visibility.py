# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 240
# ///
"""Redis: when does the task of a killed worker come back, and who brings it?"""

import os
import time

from celery import Celery
from redis import Redis

from acked.services import Worker, wait_until

app = Celery("visibility")
redis = Redis.from_url(
    os.environ["REDIS_URL"], decode_responses=True, socket_timeout=None
)

# --8<-- [start:settings]
app.conf.task_acks_late = True
app.conf.broker_transport_options = {
    "visibility_timeout": int(os.environ.get("VISIBILITY_TIMEOUT", 3600)),
}
# --8<-- [end:settings]


@app.task
def charge(order):
    if redis.incr(f"runs of {order}") == 1 and order == "A":
        redis.blpop("the bank answers", timeout=0)  # for ever


def runs_of_a():
    return int(redis.get("runs of A") or 0)


def show(moment):
    queue, unacked = redis.llen("celery"), redis.hlen("unacked")
    print(f"{moment:<47}  {queue:>5}  {unacked:>7}  {runs_of_a():>4}")


def seconds_since_fetched():
    [(_, fetched)] = redis.zrange("unacked_index", 0, 0, withscores=True)
    return time.time() - fetched


def run_a_later_task():
    charge.delay("B").get(timeout=30)
    wait_until(lambda: redis.hlen("unacked") < 2)  # its own acknowledgement


def worker(visibility_timeout):
    env = {**os.environ, "VISIBILITY_TIMEOUT": str(visibility_timeout)}
    return Worker(__file__, "--concurrency=1", env)


def main():
    print(f"{'':47}  queue  unacked  runs")
    # --8<-- [start:waits]
    with worker(visibility_timeout=3600) as first:  # 3600 is the default
        charge.delay("A")
        wait_until(lambda: runs_of_a() == 1)
        first.kill()
    show("worker 1 (timeout 3600 s) was killed")

    wait_until(lambda: seconds_since_fetched() > 2)
    show("2 s after it was fetched, no worker is there")

    with worker(visibility_timeout=3600):
        run_a_later_task()
        show("worker 2 (timeout 3600 s) has run a later task")

        with worker(visibility_timeout=1):
            wait_until(lambda: runs_of_a() == 2)
            wait_until(lambda: not redis.exists("unacked"))
            show("worker 3 (timeout 1 s) has started")
    # --8<-- [end:waits]


if __name__ == "__main__":
    main()
