# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["redis"]
# timeout = 400
# ///
"""20 tasks, the first one is slow, and the timeout runs out meanwhile."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ.pop("CELERY_BROKER_URL", None)  # each case has its own

from celery import Celery
from shop import environment, mail, notes, runs, slow

from acked.lab import table
from acked.services import Redis, Worker, wait_until

SHOP = Path(__file__).with_name("shop.py")
SHORT, HOUR = 6, 3600


def worker_for(broker, timeout):
    options = {
        "visibility_timeout": timeout,
        "unacked_restore_interval": 1,  # look each second
        "unacked_restore_throttle": 1,
    }
    settings = environment(broker, broker_transport_options=options)
    return Worker(SHOP, "--concurrency=1", settings)


# --8<-- [start:backlog]
def backlog(broker, timeout):
    """Worker A is slow with its first task and has reserved the next four."""
    shop = Celery("shop", broker=broker.url)
    orders = [f"{timeout}-{number}" for number in range(20)]
    shop.send_task(slow.name, orders[:1])
    for order in orders[1:]:
        shop.send_task(mail.name, [order])
    with worker_for(broker, timeout) as worker_a:
        wait_until(lambda: broker.client().hlen("unacked") == 4)
        rest = orders[5:] if timeout == HOUR else orders[1:]
        with worker_for(broker, timeout):  # worker B
            wait_until(lambda: all(runs("mail", order) for order in rest))
            notes.lpush(f"gate {orders[0]}", "open")
            wait_until(lambda: mails_done(worker_a) == 4)
    return [runs("mail", order) for order in orders[1:]]


# --8<-- [end:backlog]


def mails_done(worker):
    lines = worker.log().splitlines()
    return sum(mail.name in line and "succeeded" in line for line in lines)


def row(timeout):
    with Redis() as broker:
        counts = backlog(broker, timeout)
    reserved, listed = counts[:4], counts[4:]
    assert max(counts) <= 2 and min(counts) == 1
    name = "1 hour" if timeout == HOUR else f"{timeout} s"
    return name, reserved.count(2), listed.count(2)


def main():
    head = "visibility timeout", "run twice of the 4 reserved"
    with ThreadPoolExecutor() as threads:
        rows = threads.map(row, (SHORT, HOUR))
        table((*head, "of the 15 in the list"), *rows)


if __name__ == "__main__":
    main()
