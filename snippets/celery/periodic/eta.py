# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["rabbitmq"]
# timeout = 200
# ///
"""Fifty tasks for the next hour: who holds the messages?"""

import os
import time

from celery import Celery

from acked.lab import note, record, runs, table
from acked.services import RabbitMQ, Worker, wait_until

app = Celery("eta")
app.conf.worker_eta_task_limit = int(os.environ.get("ETA_LIMIT", 0)) or None
REDIS = os.environ["REDIS_URL"]


# --8<-- [start:task]
@app.task
def remind(key):
    note(key)
# --8<-- [end:task]


def worker(queue, broker, limit=0):
    env = {**os.environ, "CELERY_BROKER_URL": broker, "ETA_LIMIT": str(limit)}
    options = f"--concurrency=1 --without-gossip -Q {queue}"
    return Worker(__file__, options, env)


# --8<-- [start:send]
def send(queue, broker):
    with app.connection_for_write(broker) as connection:
        for _ in range(50):
            remind.apply_async(
                ["later"], countdown=3600, queue=queue, connection=connection
            )
        remind.apply_async([f"now {queue}"], queue=queue, connection=connection)
# --8<-- [end:send]


def now_ran(queue, waiting):
    """Five seconds for one that waits in the queue, else what it needs."""
    began = time.monotonic()
    while not runs(f"now {queue}"):
        if time.monotonic() > began + (5 if waiting() else 60):
            return "not within 5 s"
        time.sleep(0.1)
    return "yes"


def on_redis(queue, limit):
    record.delete("unacked", "unacked_index")
    with worker(queue, REDIS, limit):
        send(queue, REDIS)
        held = limit or 50
        wait_until(lambda: record.hlen("unacked") == held, 60, queue)
        ran = now_ran(queue, lambda: record.llen(queue))
        return [record.hlen("unacked"), record.llen(queue), ran]


def counts(node, queue):
    """Messages that the worker holds, and those that wait in the queue."""
    listing = node.rabbitmqctl(
        "list_queues", "name", "messages_unacknowledged", "messages_ready"
    )
    for line in listing.splitlines():
        name, held, ready = line.split("\t")
        if name == queue:
            return int(held), int(ready)
    return 0, 0


def on_classic(node):
    with worker("classic", node.url):
        send("classic", node.url)
        ran = now_ran("classic", lambda: counts(node, "classic")[1])
        wait_until(lambda: sum(counts(node, "classic")) == 51, 60, "counts")
        held, ready = counts(node, "classic")
    assert held < 10 and ready > 40, (held, ready)
    return ["fewer than 10", "more than 40", ran]


def main():
    limit = 10
    rows = [
        ["Redis", *on_redis("plain", 0)],
        [f"Redis, `worker_eta_task_limit={limit}`", *on_redis("few", limit)],
    ]
    with RabbitMQ() as node:
        rows.append(["RabbitMQ, classic queue", *on_classic(node)])
    table(
        ["50 tasks for the next hour, 1 for now", "held by the worker",
         "in the queue", "the one for now ran"],
        *rows,
    )


if __name__ == "__main__":
    main()
