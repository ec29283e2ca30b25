# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["redis"]
# timeout = 400
# ///
"""rate_limit: what the sender notices, and what the workers do."""

import os
from contextlib import ExitStack
from pathlib import Path

os.environ.pop("CELERY_BROKER_URL", None)  # each case has its own

from celery import Celery
from shop import environment, mail, report, runs

from acked.lab import table
from acked.services import Redis, Worker, wait_until

SHOP = Path(__file__).with_name("shop.py")


# --8<-- [start:flood]
def flood(broker, workers):
    """200 reports, of which a worker starts one an hour; then a mail."""
    client = broker.client()
    shop = Celery("shop", broker=broker.url)
    for order in range(200):
        shop.send_task(report.name, [f"{workers}-{order}"])
    accepted = client.llen("celery")
    shop.send_task(mail.name, [workers])
    with ExitStack() as stack:
        for _ in range(workers):
            stack.enter_context(worker_for(broker))
        wait_until(lambda: client.hlen("unacked") == 4 * workers)
        wait_until(lambda: executed(workers) == workers)
        return accepted, client.hlen("unacked"), client.llen("celery")


# --8<-- [end:flood]


def worker_for(broker):
    return Worker(SHOP, "--concurrency=1", environment(broker))


def executed(workers):
    return sum(runs("report", f"{workers}-{order}") for order in range(200))


def row(workers):
    with Redis() as broker:
        accepted, held, left = flood(broker, workers)
        assert not runs("mail", workers)
        return workers, accepted, executed(workers), held, left, 0


def main():
    head = "workers", "reports accepted", "executed", "held by workers"
    table((*head, "left in the list", "mail executed"), row(1), row(2))


if __name__ == "__main__":
    main()
