# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 120
# ///
"""Celery on a Redis Cluster of one node, which owns all slots."""

import os

from celery import Celery
from kombu.exceptions import OperationalError

from acked.services import Redis, ServiceError, Worker, wait_until

app = Celery("cluster")


@app.task
def ship(order):
    """Does not get as far as a worker."""


def main():
    os.environ.pop("CELERY_BROKER_URL", None)
    with Redis("--cluster-enabled yes") as node:
        # --8<-- [start:cluster]
        node.cli("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
        wait_until(lambda: "cluster_state:ok" in node.cli("CLUSTER", "INFO"))
        app.conf.broker_url = node.url
        print("SET:", node.cli("SET", "key", "value"))
        try:
            ship.delay(1)
        except OperationalError as error:
            print("delay():", type(error).__name__, "-", error)
        try:
            Worker(__file__, env={"CELERY_BROKER_URL": node.url}).start()
        except ServiceError as died:
            print("worker:", str(died).rsplit(".", 1)[1])
        # --8<-- [end:cluster]


if __name__ == "__main__":
    main()
