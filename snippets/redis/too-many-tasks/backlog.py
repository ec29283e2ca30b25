# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 400
# ///
"""What waiting tasks and stored results weigh, and who takes them away."""

import os
from itertools import product, starmap

os.environ.pop("CELERY_BROKER_URL", None)  # each server is its own broker
os.environ.pop("CELERY_RESULT_BACKEND", None)

from celery import Celery

from acked.lab import table
from acked.services import Redis, Valkey

LETTERS = ["", "x" * 1_000, "x" * 10_000]
TASK_BOUNDS = [(500, 2_000), (2_500, 5_000), (15_000, 20_000)]
RESULT_BOUNDS = [(200, 800), (1_000, 2_500), (10_000, 13_000)]


def mail(letter):
    """Never run here: no worker is started."""


def used(server):
    return server.client().info("memory")["used_memory"]


# --8<-- [start:weigh]
def weigh(server, letter):
    """Bytes for each waiting task, and for each stored result."""
    app = Celery("shop", broker=server.url, backend=server.url)
    task = app.task(mail)
    task.delay(letter)  # makes the connection and the bindings
    before = used(server)
    for _ in range(500):
        task.delay(letter)
    queued = used(server)
    for number in range(500):
        app.backend.store_result(f"{number:036}", letter, "SUCCESS")
    return (queued - before) / 500, (used(server) - queued) / 500


# --8<-- [end:weigh]


def bounds(size, low, high):
    assert low < size < high, size
    return f"{low:,} to {high:,} bytes"


def life(server, key):
    seconds = server.client().ttl(key)
    return "no TTL" if seconds == -1 else f"{round(seconds / 3600)} hours"


def row(server_type, number):
    letter = LETTERS[number]
    with server_type("--save ''") as server:
        task, result = weigh(server, letter)
        return [
            server_type.__name__,
            f"{len(letter):,} characters",
            bounds(task, *TASK_BOUNDS[number]),
            bounds(result, *RESULT_BOUNDS[number]),
            life(server, "celery"),
            life(server, f"celery-task-meta-{0:036}"),
        ]


head = ["server", "argument and result", "a waiting task", "a result"]
head += ["TTL of the queue", "of a result"]
table(head, *starmap(row, product((Redis, Valkey), range(len(LETTERS)))))
