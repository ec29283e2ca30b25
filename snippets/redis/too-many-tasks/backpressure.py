# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["redis"]
# timeout = 400
# ///
"""The producer looks at the length of the queue before it sends."""

import os
from concurrent.futures import ThreadPoolExecutor

os.environ.pop("CELERY_BROKER_URL", None)  # each case has its own

from celery import Celery
from shop import mail

from acked.lab import table
from acked.services import Redis

CAP = 100
# --8<-- [start:cap]
LISTS = ["celery", *(f"celery\x06\x16{step}" for step in (3, 6, 9))]


def waiting(client):
    """Tasks in the four lists of the queue, and those that workers hold."""
    pipeline = client.pipeline()
    for name in LISTS:
        pipeline.llen(name)
    return sum(pipeline.hlen("unacked").execute())


def send_or_refuse(shop, client, order, cap):
    if cap and waiting(client) >= cap:
        return False  # a web request answers 503 here
    shop.send_task(mail.name, [order], priority=order % 10)
    return True


# --8<-- [end:cap]


def row(producers, cap):
    with Redis() as broker:
        shop = Celery("shop", broker=broker.url)
        client = broker.client()

        def send(order):
            return send_or_refuse(shop, client, order, cap)

        with ThreadPoolExecutor(producers) as threads:
            accepted = sum(threads.map(send, range(500)))
        assert accepted == waiting(client)
        assert client.llen("celery") < accepted
    if not cap or producers == 1:
        return producers, cap or "none", accepted
    assert cap <= accepted < cap + producers
    return producers, cap, f"{cap} to {cap + producers - 1}"


def main():
    rows = row(8, None), row(1, CAP), row(8, CAP)
    table(("producers", "cap", "accepted of 500"), *rows)


if __name__ == "__main__":
    main()
