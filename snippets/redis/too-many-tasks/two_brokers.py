# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["redis"]
# timeout = 400
# ///
"""Two instances of Redis: a list of brokers, and an app for each."""

import os
from pathlib import Path

os.environ.pop("CELERY_BROKER_URL", None)  # each case has its own

from celery import Celery
from shop import environment, mail, runs

from acked.lab import table
from acked.services import Redis, Worker, wait_until

SHOP = Path(__file__).with_name("shop.py")


# --8<-- [start:send]
def one_app(first, second):
    shop = Celery("shop", broker=[first.url, second.url])
    for order in range(100):
        shop.send_task(mail.name, [order])


def two_apps(first, second):
    shops = [Celery("shop", broker=one.url) for one in (first, second)]
    for order in range(100):
        shops[order % 2].send_task(mail.name, [order])


# --8<-- [end:send]


def row(name, send):
    with Redis() as first, Redis() as second:
        send(first, second)
        lengths = [one.client().llen("celery") for one in (first, second)]
        with Worker(SHOP, "--pool=solo", environment(second)):
            last = f"last of {name}"
            Celery("shop", broker=second.url).send_task(mail.name, [last])
            wait_until(lambda: runs("mail", last))
        left = sum(one.client().llen("celery") for one in (first, second))
    return name, *lengths, 100 - left


def main():
    head = "sender", "in the first", "in the second"
    table(
        (*head, "executed by a worker of the second"),
        row("a list of two", one_app),
        row("two apps", two_apps),
    )


if __name__ == "__main__":
    main()
