# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 120
# ///
"""Tasks come, no worker fetches them, and Redis runs out of memory."""

import os

from celery import Celery
from kombu.exceptions import OperationalError

from acked.lab import table
from acked.services import Redis

os.environ.pop("CELERY_BROKER_URL", None)  # each case has its own
LETTER = "x" * 5_000
SENT_AT_MOST = 5_000


def mail(letter):
    """Never run here: no worker is started."""


# --8<-- [start:fill]
def fill(policy):
    """Send until delay() raises, or until the queue has shrunk."""
    options = f"--maxmemory 8mb --maxmemory-policy {policy} --save ''"
    with Redis(options) as server:
        client = server.client()
        task = Celery(policy, broker=server.url).task(mail)
        accepted = longest = 0
        for _ in range(SENT_AT_MOST):
            try:
                task.delay(LETTER)
            except (OperationalError, AttributeError):
                return accepted, client.llen("celery"), "raises"
            accepted += 1
            waiting = client.llen("celery")
            if waiting < longest:
                return accepted, waiting, "returns as ever"
            longest = waiting
# --8<-- [end:fill]


def row(policy):
    accepted, left, end = fill(policy)
    assert accepted > 500
    assert left == accepted or left <= 1
    many = "all" if left == accepted else "at most the newest one"
    return f"`{policy}`", end, f"{many}, of more than 500 accepted"


def main():
    head = "`maxmemory-policy`", "`delay()` at the end", "tasks left"
    table(head, row("noeviction"), row("allkeys-lru"))


if __name__ == "__main__":
    main()
