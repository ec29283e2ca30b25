# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 120
# ///
"""What Celery keeps in Redis, at six moments of one queue."""

import os
import time

from celery import Celery

from acked.lab import table
from acked.services import Redis, Worker, wait_until

app = Celery("redis_keys")
PREFIXES = "celery", "unacked", "_kombu.binding.celery"


# --8<-- [start:task]
@app.task
def ship(order):
    """With priority 0, unless a message says otherwise."""


@app.task
def pack(minutes):
    time.sleep(60 * minutes)  # it is killed long before
# --8<-- [end:task]


def keys(client):
    """Each key of the queue with its type and length."""
    count = {
        "list": client.llen,
        "hash": client.hlen,
        "zset": client.zcard,
        "set": client.scard,
    }
    for key in sorted(client.keys()):
        if key.startswith(PREFIXES):
            kind = client.type(key)
            if kind in count and "pidbox" not in key and "ev" not in key:
                name = key.replace("\x06\x16", "\\x06\\x16")
                yield f"`{name}` {kind} {count[kind](key)}"


def main():
    with Redis() as server:
        url = {"CELERY_BROKER_URL": server.url}
        os.environ.update(url)
        os.environ.pop("CELERY_RESULT_BACKEND", None)
        client = server.client()
        rows = []

        def show(moment):
            rows.append((moment, ", ".join(keys(client)) or "none"))

        show("nothing sent")
        # --8<-- [start:moments]
        for order in range(10):
            ship.delay(order)
        show("10 tasks sent, no worker anywhere")
        for priority in 3, 6, 9:
            ship.apply_async([priority], priority=priority)
        show("3 more, with priority 3, 6 and 9")
        with Worker(__file__, "--concurrency=1", url) as worker:
            wait_until(lambda: not client.exists("celery", "unacked"))
            show("a worker has done all")
            for _ in range(10):
                pack.delay(minutes=10)
            wait_until(lambda: client.llen("celery") == 5)  # the first began
            wait_until(lambda: client.hlen("unacked") == 4)
            show("10 long tasks, one runs")
            worker.kill()
        said = f"it says: {app.control.purge()}"
        rows.append(("worker killed, `purge()`", said))
        show("after the purge")
        # --8<-- [end:moments]
    table(("moment", "keys"), *rows)


if __name__ == "__main__":
    main()
