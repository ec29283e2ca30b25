# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# timeout = 90
# ///
"""SIGKILL RabbitMQ under workers at work; count what ran, and how often."""

import json
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from celery import Celery
from on_disk import knows_quorum_queue

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
WAITS_FOR = {0: "all are sent", 50: "broker is back"}

app = Celery("shop")
app.conf.update(json.loads(os.environ.get("SETTINGS", "{}")))
desk = Path(os.environ.get("DESK", "."))


# --8<-- [start:task]
@app.task(name="ship")
def ship(order):
    with open(desk / "shipped", "a") as journal:
        journal.write(f"{order}\n")
    if order in WAITS_FOR:
        wait_until((desk / WAITS_FOR[order]).exists)
# --8<-- [end:task]


class Shop:
    """One case: a virtual host of its own, a sender and a worker."""

    def __init__(self, broker: RabbitMQ, case: str, vhost: str) -> None:
        self.case, self.settings = case, CASES[case]
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

    def say(self, what: str) -> None:
        (self.desk / what).touch()

    def send(self, orders) -> None:
        for order in orders:
            self.sender.send_task("ship", [order])

    def has_shipped(self, order: int) -> bool:
        with self.sender.connection_for_write() as connection:
            channel = connection.default_channel
            channel.queue_declare("celery", passive=True)  # never a quiet queue
        return order in self.shipped()

    def shipped(self) -> Counter[int]:
        journal = self.desk / "shipped"
        lines = journal.read_text().split() if journal.exists() else []
        return Counter(int(line) for line in lines)

    def row(self) -> str:
        run = self.shipped()
        lost = sum(run[order] == 0 for order in ORDERS)
        twice = sum(run[order] > 1 for order in ORDERS)
        return f"| {self.case} | {len(ORDERS)} | {lost} | {twice} |"


def crash(broker: RabbitMQ, shops: list[Shop]) -> None:
    # --8<-- [start:crash]
    for shop in shops:
        shop.send(ORDERS)
    for shop in shops:
        shop.say("all are sent")
    wait_until(lambda: all([shop.has_shipped(50) for shop in shops]))
    broker.kill()
    broker.start()
    for shop in shops:
        shop.say("broker is back")
    # --8<-- [end:crash]
    for shop in shops:
        shop.send([CLOSING])
    wait_until(lambda: all(CLOSING in shop.shipped() for shop in shops))


if __name__ == "__main__":
    vhosts = [f"case{number}" for number in range(len(CASES))]
    with RabbitMQ(vhosts) as broker, ExitStack() as workers:
        shops = [Shop(broker, *pair) for pair in zip(CASES, vhosts)]
        with ThreadPoolExecutor() as threads:
            list(threads.map(lambda shop: shop.worker.start(), shops))
        for shop in shops:
            workers.push(shop.worker)
            if "task_default_queue_type" in shop.settings:
                wait_until(lambda: knows_quorum_queue(broker, shop.queue_id))
        crash(broker, shops)
        print("| settings | sent | lost | run twice |")
        print("|---|--:|--:|--:|")
        for shop in reversed(shops):
            print(shop.row())
