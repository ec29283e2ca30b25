# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 240
# ///
"""One crash, acks_late on Redis: worker A dies, worker B takes over.

Prints a timeline: seconds, lane, mark, text.
"""

import os
import time

from celery import Celery
from redis import Redis

from acked.services import Worker, wait_until

app = Celery("crash_timeline")
redis = Redis.from_url(
    os.environ["REDIS_URL"], decode_responses=True, socket_timeout=None
)

# --8<-- [start:task]
app.conf.task_acks_late = True
app.conf.broker_transport_options = {
    "visibility_timeout": 5,  # by default 3600 s
    "unacked_restore_interval": int(os.environ.get("LOOKS_EACH", 10)),
    "unacked_restore_throttle": 1,
}


@app.task
def charge():
    redis.hset("started", os.environ["WORKER"], time.time())
    redis.blmove("gate", "gate", timeout=0)  # blocks until the gate is open
    redis.hset("ended", os.environ["WORKER"], time.time())
# --8<-- [end:task]


def worker(name, looks_each):
    env = {**os.environ, "WORKER": name, "LOOKS_EACH": str(looks_each)}
    return Worker(__file__, "--concurrency=1 --without-gossip", env)


def has_started(name):
    return redis.hexists("started", name)


def fetched_at():
    """When the message was last fetched: what the timeout counts from."""
    [(_, at)] = redis.zrange("unacked_index", 0, 0, withscores=True)
    return at


def main():
    # --8<-- [start:crash]
    with worker("A", looks_each=10) as a:
        sent = time.time()
        result = charge.delay()
        wait_until(lambda: has_started("A"))
        first_fetch = fetched_at()
        wait_until(lambda: time.time() > sent + 1)
        killed = time.time()
        a.kill()
    with worker("B", looks_each=1):
        wait_until(lambda: has_started("B"))
        second_fetch = fetched_at()
        redis.lpush("gate", "open")
        result.get(timeout=30)
        seen = time.time()
    # --8<-- [end:crash]
    started, ended = redis.hgetall("started"), redis.hgetall("ended")
    held = "Redis: unacked"
    events = [
        (sent, "client", ".", "sends the task"),
        (first_fetch, held, "+", "holds the message for worker A"),
        (float(started["A"]), "worker A", "+", "starts it"),
        (killed, "worker A", "x", "SIGKILL to all its processes"),
        (second_fetch, held, "-", "the timeout is over: delivered again"),
        (float(started["B"]), "worker B", "+", "starts it a second time"),
        (float(ended["B"]), "worker B", "-", "has done it"),
        (seen, "client", ".", f"reads {result.state}"),
    ]
    assert second_fetch - first_fetch > 5, "earlier than the timeout"
    for at, lane, mark, text in sorted(events):
        print(f"{at - sent:.2f}  {lane}  {mark}  {text}")


if __name__ == "__main__":
    main()
