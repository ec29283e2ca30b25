# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 400
# ///
"""Pages fill a Redis that also holds a queue, results and sessions."""

import os
from concurrent.futures import ThreadPoolExecutor

from celery import Celery
from redis import Redis as Client

from acked.lab import table
from acked.services import Redis, Valkey

os.environ.pop("CELERY_BROKER_URL", None)  # each server is its own broker
os.environ.pop("CELERY_RESULT_BACKEND", None)
POLICIES = ["noeviction", "allkeys-lru", "allkeys-lfu", "allkeys-random"]
POLICIES += ["volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"]
DAY = 24 * 60 * 60


def mail(order):
    """Never run here: no worker is started."""


# --8<-- [start:shop]
def prepare(server):
    """500 tasks in a queue, 100 results, 100 sessions."""
    app = Celery("shop", broker=server.url, backend=server.url)
    task = app.task(mail)
    for order in range(500):
        task.delay(order)
    for order in range(100):
        app.backend.store_result(f"task-{order}", order, "SUCCESS")
        server.client().set(f"session:{order}", "x" * 500, ex=14 * DAY)


def write_pages(server, ttl):
    """50 MB of pages into 5 MB, in another database; how many were refused."""
    pages = Client(port=server.port, db=1).pipeline(transaction=False)
    for number in range(5_000):
        pages.set(f"page:{number}", "x" * 10_000, ex=ttl)
    replies = pages.execute(raise_on_error=False)
    return sum(reply is not True for reply in replies)


# --8<-- [end:shop]


def left(server):
    """Tasks in the queue, results and sessions that are left."""
    client = server.client()
    results = len(client.keys("celery-task-meta-*"))
    sessions = len(client.keys("session:*"))
    return client.llen("celery"), results, sessions


def of_100(count):
    assert count == 100 or count < 20
    return "100" if count == 100 else "fewer than 20"


def row(case):
    server_type, policy, ttl = case
    options = f"--save '' --maxmemory 5mb --maxmemory-policy {policy}"
    with server_type(options) as server:
        prepare(server)
        refused = write_pages(server, ttl)
        tasks, results, sessions = left(server)
    assert refused == 0 or refused > 4_000
    return [
        f"`{policy}`",
        "5 minutes" if ttl else "none",
        "more than 4,000" if refused else "0",
        f"{tasks} of 500" if tasks else "**0 of 500**",
        of_100(results),
        of_100(sessions),
    ]


cases = [(policy, 300) for policy in POLICIES]
cases += [("volatile-lru", None), ("volatile-ttl", None)]
both = [(server, *case) for server in (Redis, Valkey) for case in cases]
with ThreadPoolExecutor(3) as threads:
    rows = list(threads.map(row, both))
assert rows[: len(cases)] == rows[len(cases) :]  # Valkey does the same
head = ["policy", "TTL of pages", "pages refused"]
head += ["tasks", "results of 100", "sessions of 100"]
table(head, *rows[: len(cases)])
