# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["redis"]
# timeout = 400
# ///
"""Tasks that are worth nothing after a second, and a worker that is late."""

import os
from pathlib import Path
from time import sleep

os.environ.pop("CELERY_BROKER_URL", None)  # each case has its own

from celery import Celery
from shop import environment, mail, runs

from acked.lab import table
from acked.services import Redis, Worker, wait_until

SHOP = Path(__file__).with_name("shop.py")


# --8<-- [start:late]
def late_worker(broker, expires):
    """Waiting when the second is over, executed, waiting at the end."""
    client = broker.client()
    shop = Celery("shop", broker=broker.url)
    orders = [f"{expires}-{number}" for number in range(50)]
    for order in orders:
        shop.send_task(mail.name, [order], expires=expires)
    sleep(1.5)
    waited = client.llen("celery")
    with Worker(SHOP, "--concurrency=1", environment(broker)):
        shop.send_task(mail.name, [f"{expires}-last"])
        wait_until(lambda: runs("mail", f"{expires}-last"))
        wait_until(lambda: not client.exists("unacked"))
    executed = sum(runs("mail", order) for order in orders)
    return waited, executed, client.llen("celery")


# --8<-- [end:late]


def row(expires):
    with Redis() as broker:
        return expires or "none", *late_worker(broker, expires)


def main():
    head = "`expires`", "waiting when it is over", "executed", "left"
    table(head, row(None), row(1))


if __name__ == "__main__":
    main()
