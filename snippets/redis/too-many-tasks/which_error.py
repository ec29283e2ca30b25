# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 400
# ///
"""Redis is full now and then. What does a sender get?"""

import os
from collections import Counter
from threading import Event, Thread

os.environ.pop("CELERY_BROKER_URL", None)  # each server is its own broker

from celery import Celery

from acked.lab import table
from acked.services import Redis, Valkey

MANY = 20_000


def mail(order):
    """Never run here: no worker is started."""


# --8<-- [start:now-and-then]
def full_now_and_then(server, stop):
    client = server.client()
    while not stop.is_set():
        client.config_set("maxmemory", 1)
        client.config_set("maxmemory", 0)


def send(task, enough):
    """Send until each of the outcomes has come."""
    outcomes = Counter()
    for order in range(MANY):
        try:
            task.delay(order)
            outcomes["returns"] += 1
        except Exception as error:
            outcomes[type(error).__name__] += 1
        if len(outcomes) == enough:
            break
    return outcomes


# --8<-- [end:now-and-then]


def column(server_type):
    with server_type("--save ''") as server:
        task = Celery("shop", broker=server.url).task(mail)
        stop = Event()
        switch = Thread(target=full_now_and_then, args=[server, stop])
        switch.start()
        outcomes = send(task, enough=3)
        stop.set()
        switch.join()
        assert server.client().llen("celery") == outcomes["returns"]
    return set(outcomes)


def main():
    columns = [column(server_type) for server_type in (Redis, Valkey)]
    rows = []
    for outcome in ("returns", "OperationalError", "AttributeError"):
        seen = ["seen" if outcome in one else "no" for one in columns]
        queued = "yes" if outcome == "returns" else "no"
        name = outcome if outcome == "returns" else f"`{outcome}`"
        rows.append((name, *seen, queued))
    table(("`.delay()`", "Redis", "Valkey", "the task is in the list"), *rows)


if __name__ == "__main__":
    main()
