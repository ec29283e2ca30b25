# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# timeout = 180
# ///
"""SIGKILL RabbitMQ under workers at work; count what ran, and how often."""

import json
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

from broker_files import knows_quorum_queue
from celery import Celery

from acked.lab import table
from acked.services import RabbitMQ, Worker, wait_until

# --8<-- [start:settings]
confirms = {"broker_transport_options": {"confirm_publish": True}}
quorum = {"task_default_queue_type": "quorum"}
late = {"task_acks_late": True}
CASES = {
    "quorum queue, confirms, `acks_late`": quorum | confirms | late,
    "quorum queue, confirms": quorum | confirms,
    "confirms": confirms,
    "Celery's defaults": {},
}
# --8<-- [end:settings]
ORDERS = range(200)
CLOSING = len(ORDERS)
PREFETCHED = 4  # with one process in the pool

app = Celery("busy_worker")
app.conf.update(json.loads(os.environ.get("SETTINGS", "{}")))
desk = Path(os.environ.get("DESK", "."))


# --8<-- [start:task]
WAITS_FOR = {-1: "all are sent", 50: "RabbitMQ is back"}


@app.task
def ship(order):
    with open(desk / "shipped", "a") as journal:
        journal.write(f"{order}\n")
    if order in WAITS_FOR:
        wait_until((desk / WAITS_FOR[order]).exists, timeout=60)
# --8<-- [end:task]


class Shop:
    """One case: a virtual host of its own, a sender and a worker."""

    def __init__(self, broker: RabbitMQ, case: str, vhost: str) -> None:
        self.case, self.settings = case, CASES[case]
        self.broker, self.vhost = broker, vhost
        self.desk = broker.home / vhost
        self.desk.mkdir()
        self.sender = Celery("sender", broker=broker.vhost_url(vhost))
        self.sender.conf.update(self.settings)
        env = {
            "CELERY_BROKER_URL": broker.vhost_url(vhost),
            "SETTINGS": json.dumps(self.settings),
            "DESK": str(self.desk),
        }
        options = "--concurrency=1 --without-mingle --without-gossip"
        self.worker = Worker(__file__, options, env)

    def open(self) -> None:
        self.worker.start()
        if "task_default_queue_type" in self.settings:
            name = f"{self.vhost}_celery"
            wait_until(lambda: knows_quorum_queue(self.broker, name))

    def send(self, orders) -> None:
        for order in orders:
            self.sender.send_task("busy_worker.ship", [order])

    def say(self, what: str) -> None:
        (self.desk / what).touch()

    def shipped(self) -> Counter[int]:
        journal = self.desk / "shipped"
        lines = journal.read_text().split() if journal.exists() else []
        return Counter(int(line) for line in lines)

    @cached_property
    def channel(self):
        return self.sender.connection_for_write().default_channel

    def is_at(self, order: int) -> bool:
        """It runs; all before it are acknowledged, the next are fetched."""
        queue = self.channel.queue_declare("celery", passive=True)
        acked = order if "task_acks_late" in self.settings else order + 1
        ready = len(ORDERS) - acked - PREFETCHED
        return queue.message_count == ready and order in self.shipped()

    def row(self) -> tuple[str, int, int, int]:
        ran = self.shipped()
        lost = sum(ran[order] == 0 for order in ORDERS)
        twice = sum(ran[order] > 1 for order in ORDERS)
        return self.case, len(ORDERS), lost, twice


def crash(broker: RabbitMQ, shops: list[Shop]) -> None:
    # --8<-- [start:crash]
    for shop in shops:
        shop.send([-1, *ORDERS])
    for shop in shops:
        shop.say("all are sent")
    wait_until(lambda: all([shop.is_at(50) for shop in shops]))
    broker.kill()
    broker.start()
    for shop in shops:
        shop.say("RabbitMQ is back")
    # --8<-- [end:crash]
    for shop in shops:
        shop.send([CLOSING])
    for shop in shops:
        wait_until(lambda: CLOSING in shop.shipped(), timeout=60)


if __name__ == "__main__":
    vhosts = [f"shop{number}" for number in range(len(CASES))]
    with RabbitMQ(vhosts) as broker, ExitStack() as workers:
        shops = [Shop(broker, *pair) for pair in zip(CASES, vhosts)]
        for shop in shops:
            workers.push(shop.worker)
        with ThreadPoolExecutor() as threads:
            list(threads.map(Shop.open, shops))
        crash(broker, shops)
        head = "settings", "sent", "lost", "run twice"
        table(head, *map(Shop.row, reversed(shops)))
