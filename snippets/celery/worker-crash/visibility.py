# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 60
# ///
"""Redis: when does the task of a killed worker come back, and who brings it?"""

import os
import time

from celery import Celery
from redis import Redis

from acked.services import Worker, wait_until

app = Celery("visibility")
redis = Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)

# --8<-- [start:settings]
app.conf.task_acks_late = True
app.conf.broker_transport_options = {
    "visibility_timeout": int(os.environ.get("VISIBILITY_TIMEOUT", 3600)),
}
# --8<-- [end:settings]


@app.task
def charge(order):
    if redis.incr(f"{order} runs") == 1 and order != "sent last":
        redis.blpop("never", timeout=0)


def show(moment):
    runs = redis.get("order runs")
    queue, unacked = redis.llen("celery"), redis.hlen("unacked")
    print(f"{moment:<45}  {queue:>5}  {unacked:>7}  {runs:>4}")


def older_than(seconds):
    [(_, fetched)] = redis.zrange("unacked_index", 0, 0, withscores=True)
    return time.time() - fetched > seconds


def worker(visibility_timeout):
    env = {**os.environ, "VISIBILITY_TIMEOUT": str(visibility_timeout)}
    return Worker(__file__, "--concurrency=1", env)


def main():
    print(f"{'':45}  queue  unacked  runs")
    # --8<-- [start:waits]
    with worker(visibility_timeout=3600) as a:  # 3600 is the default
        charge.delay("order")
        wait_until(lambda: redis.get("order runs") == "1")
        a.kill()
    show("worker A (timeout 3600) is killed")

    wait_until(lambda: older_than(seconds=2))
    show("2 s later, no worker runs")

    with worker(visibility_timeout=3600):
        charge.delay("sent last").get(timeout=30)
        show("worker B (timeout 3600) has run a later task")

        with worker(visibility_timeout=1):
            wait_until(lambda: redis.get("order runs") == "2")
            wait_until(lambda: not redis.exists("unacked"))
            show("worker C (timeout 1) has just started")
    # --8<-- [end:waits]


if __name__ == "__main__":
    main()
