# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 120
# ///
"""A Celery queue and its results on a Redis that is killed."""

from concurrent.futures import ThreadPoolExecutor

from celery import Celery
from receipts import worker_for
from tasks import send_receipt

from acked.lab import table
from acked.services import Redis, wait_until

WAYS = {
    "no persistence": "--save ''",
    "the default save points": "",
    "AOF, `everysec`": "--appendonly yes",
}


def shop_on(server: Redis) -> Celery:
    return Celery("shop", broker=server.url, backend=server.url)


def send(shop: Celery, orders: range) -> list[str]:
    """Send a task for each order; their ids."""
    return [shop.send_task(send_receipt.name, [n]).id for n in orders]


def successful(shop: Celery, ids: list[str]) -> int:
    return sum(shop.AsyncResult(task).successful() for task in ids)


def work_until_done(server: Redis, ids: list[str]) -> None:
    shop = shop_on(server)
    with worker_for(server) as worker:
        wait_until(lambda: successful(shop, ids) == len(ids))
        worker.shut_down("warm")


# --8<-- [start:crash]
def crash(options: str) -> list[int]:
    with Redis(options) as server:
        shop = shop_on(server)
        done = send(shop, range(5))
        work_until_done(server, done)
        waiting = send(shop, range(5, 25))
        server.kill()
        server.start()

        shop = shop_on(server)
        results = successful(shop, done)
        queued = server.client().llen("celery")
        work_until_done(server, send(shop, range(25, 26)))
        return [results, queued, successful(shop, waiting)]


# --8<-- [end:crash]

with ThreadPoolExecutor() as pool:
    outcomes = list(pool.map(crash, WAYS.values()))

rows = [
    (way, f"{results} of 5", f"{queued} of 20", f"{executed} of 20")
    for way, (results, queued, executed) in zip(WAYS, outcomes, strict=True)
]
head = "SIGKILL of Redis", "results kept", "tasks queued", "then executed"
table(head, *rows)
