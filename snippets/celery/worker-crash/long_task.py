# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 240
# ///
"""Redis: a task that takes longer than the visibility timeout. No worker dies.

Prints a timeline: seconds, lane, mark, text.
"""

import os
import time

from celery import Celery
from redis import Redis

from acked.services import Worker, wait_until

app = Celery("long_task")
redis = Redis.from_url(
    os.environ["REDIS_URL"], decode_responses=True, socket_timeout=None
)

# --8<-- [start:task]
app.conf.task_acks_late = True
app.conf.worker_prefetch_multiplier = 1
app.conf.broker_transport_options = {
    "visibility_timeout": 3,  # by default 3600 s
    "unacked_restore_interval": 1,  # by default it looks each 10 s x 10
    "unacked_restore_throttle": 1,
}


@app.task
def bill_customers():
    worker = os.environ["WORKER"]
    redis.hset("started", worker, time.time())
    redis.blpop(f"{worker} may end", timeout=0)
    redis.hset("ended", worker, time.time())
# --8<-- [end:task]


def worker(name):
    env = {**os.environ, "WORKER": name}
    return Worker(__file__, "--concurrency=1 --without-gossip", env)


def let_end(name, at):
    wait_until(lambda: time.time() > at)
    redis.lpush(f"{name} may end", "yes")
    wait_until(lambda: redis.hexists("ended", name))


def main():
    with worker("worker A"):
        sent = time.time()
        result = bill_customers.delay()
        wait_until(lambda: redis.hexists("started", "worker A"))
        with worker("worker B"):
            wait_until(lambda: redis.hexists("started", "worker B"))
            both_run = float(redis.hget("started", "worker B"))
            let_end("worker A", at=both_run + 1)
            let_end("worker B", at=both_run + 2)
            wait_until(lambda: not redis.exists("unacked", "celery"))
    assert result.state == "SUCCESS"
    events = [(sent, "client", ".", "sends one task")]
    for name in ("worker A", "worker B"):
        start, end = redis.hget("started", name), redis.hget("ended", name)
        events.append((float(start), name, "+", "starts it"))
        events.append((float(end), name, "-", "ends it"))
    for at, lane, mark, text in sorted(events):
        print(f"{at - sent:.2f}  {lane}  {mark}  {text}")


if __name__ == "__main__":
    main()
