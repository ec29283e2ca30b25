# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu", "redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 400
# ///
"""The queue itself fills the broker. Then more workers are to help."""

import os

os.environ.pop("CELERY_BROKER_URL", None)  # each server is its own broker

from concurrent.futures import ThreadPoolExecutor

from celery import Celery
from kombu.exceptions import OperationalError

from acked.lab import table
from acked.services import Redis, ServiceError, Valkey, Worker, wait_until

app = Celery("full", broker=os.environ.get("BROKER"))
LETTER = "x" * 1_000


@app.task
def mail(letter):
    """Nothing to do: the worker that gets it is fast."""


# --8<-- [start:full]
def send_until_refused(broker):
    """How many tasks are accepted."""
    shop = Celery("shop", broker=broker.url)
    accepted = 0
    try:
        while True:
            shop.send_task(mail.name, [LETTER])
            accepted += 1
    except (OperationalError, AttributeError):
        return accepted


def start(worker):
    try:
        worker.start()
        return "works"
    except ServiceError:
        return "exits"


# --8<-- [end:full]


def row(server_type):
    with server_type("--save '' --maxmemory 4mb") as broker:
        client = broker.client()
        worker = Worker(__file__, "--pool=solo", {"BROKER": broker.url})
        accepted = send_until_refused(broker)
        assert 500 < accepted < 1_500
        new_worker = start(worker)
        assert "OutOfMemoryError" in worker.log()
        assert client.llen("celery") == accepted
        worker.kill()
        client.config_set("maxmemory", "8mb")
        more = send_until_refused(broker)
        assert accepted < more < 2 * accepted
        client.config_set("maxmemory", "12mb")
        new_worker_then = start(worker)
        wait_until(lambda: not client.llen("celery"), 200)
        worker.kill()
    return [
        server_type.__name__,
        "500 to 1,500",
        new_worker,
        "1 to 2 times as many again",
        new_worker_then,
    ]


def main():
    titles = ["", "accepted with 4 MB", "a new worker then"]
    titles += ["more with 8 MB", "a new worker with 12 MB"]
    with ThreadPoolExecutor() as threads:
        table(titles, *threads.map(row, (Redis, Valkey)))


if __name__ == "__main__":
    main()
