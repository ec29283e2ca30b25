# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["redis", "valkey"]
# timeout = 400
# ///
"""100 tasks wait, pages come, then a worker starts. What is executed?"""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

os.environ.pop("CELERY_BROKER_URL", None)  # each case has its own
os.environ.pop("CELERY_RESULT_BACKEND", None)

from celery import Celery
from kombu.exceptions import OperationalError
from redis import Redis as Client
from shop import done, mail, open_gates

from acked.lab import table
from acked.services import Redis, Valkey, Worker, wait_until

HERE = Path(__file__).parent
SHOP = HERE / "shop.py"
CACHE, BROKER = HERE / "cache.conf", HERE / "broker.conf"


# --8<-- [start:lost]
def send(app, orders, letter):
    """How many were accepted, and what the last one said."""
    for number, order in enumerate(orders):
        try:
            app.send_task(mail.name, [order, letter])
        except (OperationalError, AttributeError):  # see too-many-tasks
            return number, "raises"
    return len(orders), "works"


def flood(cache):
    """20 MB of pages; how many were refused."""
    pages = Client(port=cache.port, db=1).pipeline(transaction=False)
    for number in range(2_000):
        pages.set(f"page:{number}", "x" * 10_000, ex=300)
    replies = pages.execute(raise_on_error=False)
    return sum(reply is not True for reply in replies)


def run(broker, cache, orders):
    app = Celery("shop", broker=broker.url)
    accepted, _ = send(app, orders[:100], "short")
    refused = flood(cache)
    more, end = send(app, orders[100:], "x" * 10_000)
    Client(port=cache.port, db=1).flushdb()  # memory is there again
    with worker_for(broker):
        last = f"after {orders[-1]}"
        send(app, [last], "short")
        wait_until(lambda: done(last))
    lost = accepted + more - sum(map(done, orders))
    return refused, end, lost


# --8<-- [end:lost]


def worker_for(broker):
    return Worker(SHOP, "--pool=solo", {"CELERY_BROKER_URL": broker.url})


# --8<-- [start:cases]
CASES = {
    "one Redis, `allkeys-lru`": (Redis, CACHE),
    "one Valkey, `allkeys-lru`": (Valkey, CACHE),
    "one Redis, `noeviction`": (Redis, BROKER),
    "one Valkey, `noeviction`": (Valkey, BROKER),
    "a Redis for each": (Redis, BROKER, CACHE),
    "a Valkey for each": (Valkey, BROKER, CACHE),
}


# --8<-- [end:cases]


def row(case):
    server_type, *files = CASES[case]
    orders = [f"{case} {order}" for order in range(200)]
    open_gates([*orders, f"after {orders[-1]}"])
    with ExitStack() as stack:
        servers = [
            stack.enter_context(server_type(config=file)) for file in files
        ]
        refused, sending, lost = run(servers[0], servers[-1], orders)
    assert refused == 0 or refused > 1_000
    assert lost == 0 or lost >= 100
    many = "more than 1,000" if refused else 0
    return case, many, sending, "**at least 100**" if lost else 0


def main():
    with ThreadPoolExecutor(3) as threads:
        rows = list(threads.map(row, CASES))
    head = "tasks and pages", "pages refused", "sending then"
    table((*head, "accepted tasks lost"), *rows)


if __name__ == "__main__":
    main()
