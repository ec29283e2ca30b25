# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["redis", "valkey"]
# timeout = 400
# ///
"""The broker fills up while a worker runs a task."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ.pop("CELERY_BROKER_URL", None)  # each case has its own
os.environ.pop("CELERY_RESULT_BACKEND", None)

from celery import Celery
from shop import begun, done, mail, open_gates

from acked.lab import table
from acked.services import Redis, Valkey, Worker, wait_until

SHOP = Path(__file__).with_name("shop.py")
CASES = {
    "Redis": (Redis, {}),
    "Redis, `acks_late`": (Redis, {"task_acks_late": True}),
    "Valkey": (Valkey, {}),
    "Valkey, `acks_late`": (Valkey, {"task_acks_late": True}),
}
SHORT_TIMEOUT = {
    "visibility_timeout": 3,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}


def worker_for(server, settings):
    env = {"CELERY_BROKER_URL": server.url, "SETTINGS": json.dumps(settings)}
    return Worker(SHOP, "--concurrency=1", env)


# --8<-- [start:full]
def fill_up(server, settings, orders):
    """Order 0 ends while Redis is full, order 1 when the worker gives up."""
    client = server.client()
    shop = Celery("shop", broker=server.url)
    with worker_for(server, settings) as worker:
        for order in orders:
            shop.send_task(mail.name, [order])
        wait_until(lambda: begun(orders[0]) and client.hlen("unacked") == 4)
        client.config_set("maxmemory", 1)  # full from now on
        open_gates(orders[:1])
        wait_until(lambda: "OutOfMemoryError" in worker.log())
        open_gates(orders[1:2])
        process = worker.process
        wait_until(lambda: process.poll() is not None, 60)
    return process.returncode, client.llen("celery")


def repair(server, settings, orders):
    """Memory is there again, and a new worker."""
    client = server.client()
    client.config_set("maxmemory", 0)
    settings = {**settings, "broker_transport_options": SHORT_TIMEOUT}
    with worker_for(server, settings):
        wait_until(lambda: not client.exists("celery", "unacked"), 60)
        end = f"{orders[0]} end"
        open_gates([end])
        Celery("shop", broker=server.url).send_task(mail.name, [end])
        wait_until(lambda: done(end))


# --8<-- [end:full]


def row(name):
    server_type, settings = CASES[name]
    orders = [f"{name} {number}" for number in range(20)]
    with server_type("--save ''") as server:
        code, queued = fill_up(server, settings, orders)
        open_gates(orders)
        repair(server, settings, orders)
    runs = [done(order) for order in orders]
    twice = runs.count(2)
    assert runs.count(0) == 1 and max(runs) <= 2 and twice <= bool(settings)
    word = "at most 1" if settings else 0
    return name, code, queued, f"**{runs.count(0)} of 20**", word


def main():
    with ThreadPoolExecutor() as threads:
        rows = list(threads.map(row, CASES))
    head = "broker", "exit code of the worker", "left in the list"
    later = "not executed after the repair", "executed twice"
    table(head + later, *rows)


if __name__ == "__main__":
    main()
