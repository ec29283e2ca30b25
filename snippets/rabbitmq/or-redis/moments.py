# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["redis", "rabbitmq"]
# timeout = 250
# ///
"""One worker, eight tasks: what each broker says while the first one runs."""

import os

from celery import Celery
from kombu import Connection
from redis import Redis as Client

from acked.lab import finished, open_gate, started, table, work
from acked.services import RabbitMQ, Redis, Worker, wait_until

app = Celery("moments")
app.conf.task_acks_late = os.environ.get("ACKS") == "late"
FLAGS = "--concurrency=1 --without-gossip --without-mingle"


# --8<-- [start:task]
@app.task
def ship(case):
    work(case)
# --8<-- [end:task]


# --8<-- [start:ask]
def on_redis(url):
    client = Client.from_url(url)
    waiting = client.llen("celery")
    return waiting, client.hlen("unacked")


def on_rabbitmq(url):
    listing = node.rabbitmqctl(
        "list_queues", "name", "messages_ready", "messages_unacknowledged"
    )
    rows = [line.split("\t") for line in listing.splitlines()]
    [counts] = [counts for name, *counts in rows if name == "celery"]
    return tuple(map(int, counts))
# --8<-- [end:ask]


def watch(url, acks, ask):
    case = f"{url} {acks}"
    env = {**os.environ, "CELERY_BROKER_URL": url, "ACKS": acks}
    fetched = 4 if acks == "late" else 5  # four, and the acknowledged one
    # --8<-- [start:watch]
    with Worker(__file__, FLAGS, env), Connection(url) as connection:
        for _ in range(8):
            ship.apply_async([case], connection=connection)
        wait_until(lambda: started(case) == 1, 60)
        wait_until(lambda: ask(url) == (8 - fetched, 4), 60)
        open_gate(case)
        wait_until(lambda: finished(case) == 8, 60)
        wait_until(lambda: ask(url) == (0, 0), 60)
    # --8<-- [end:watch]
    return [8 - fetched, 4]


def main():
    global node
    rows = []
    with Redis() as redis, RabbitMQ() as node:
        for acks in ("early", "late"):
            cells = watch(redis.url, acks, on_redis)
            cells += watch(node.url, acks, on_rabbitmq)
            rows.append([f"acknowledged {acks}", *cells])
    table(
        ["8 tasks, the first one runs", "Redis: in `celery`", "in `unacked`",
         "RabbitMQ: ready", "unacknowledged"],
        *rows,
    )


if __name__ == "__main__":
    main()
