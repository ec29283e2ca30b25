# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["rabbitmq"]
# timeout = 240
# ///
"""Kill the worker, kill the broker, and leave out one safeguard at a time."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from celery import Celery
from kombu.exceptions import OperationalError

from acked.lab import open_gate, record, started, table, work
from acked.services import RabbitMQ, Worker, wait_until

# --8<-- [start:parts]
PARTS = {
    "confirms": {"broker_transport_options": {"confirm_publish": True}},
    "quorum queue": {"task_default_queue_type": "quorum"},
    "late ack": {"task_acks_late": True},
    "key": {"idempotent": True},  # our own setting, see the task
}
CASES = {
    "all four": PARTS,
    **{
        f"without {part}": {k: v for k, v in PARTS.items() if k != part}
        for part in PARTS
    },
    "none (defaults)": {},
}
# --8<-- [end:parts]
OPTIONS = "--concurrency=1 --without-mingle --without-gossip"
ORDERS, CLOSING = range(100), 101
SHOP = os.environ.get("SHOP", "")

app = Celery("end_to_end")
app.conf.update(json.loads(os.environ.get("SETTINGS", "{}")))


# --8<-- [start:task]
@app.task
def ship(order):
    if app.conf.get("idempotent"):
        record.hsetnx(f"{SHOP} charges", order, 1)  # once for each order
    else:
        record.hincrby(f"{SHOP} charges", order, 1)
    if order in (10, 30):
        work(f"{SHOP} {order}")  # until its gate is open
    record.sadd(f"{SHOP} done", order)
# --8<-- [end:task]


class Shop:
    """One case: a virtual host of its own, a sender and its workers."""

    def __init__(self, case, node, vhost):
        self.case, self.vhost, self.accepted = case, vhost, []
        self.node = node
        settings = {}
        for part in CASES[case].values():
            settings |= part
        self.quorum = "task_default_queue_type" in settings
        url = node.vhost_url(vhost)
        self.sender = Celery("sender", broker=url)
        self.sender.conf.update(settings)
        self.env = {
            "CELERY_BROKER_URL": url,
            "SETTINGS": json.dumps(settings),
            "SHOP": vhost,
        }
        self.worker = self.hire()

    def hire(self):
        return Worker(__file__, OPTIONS, self.env)

    def send(self, *orders):
        for order in orders:
            try:
                self.sender.send_task("end_to_end.ship", [order])
            except OperationalError:
                continue
            self.accepted.append(order)

    def reached(self, order):
        wait_until(lambda: started(f"{self.vhost} {order}"), 60)
        wait_until(lambda: self.ready() == self.behind(order), 60)

    def ready(self):
        with self.sender.connection() as connection:
            channel = connection.default_channel
            return channel.queue_declare("celery", passive=True).message_count

    def behind(self, order):
        """Of the queue, when all before the order is acknowledged."""
        late = "late ack" in CASES[self.case]
        acknowledged = order if late else order + 1
        return len(ORDERS) - acknowledged - 4  # four are with the worker

    # --8<-- [start:worker]
    def kill_the_worker(self):
        self.send(*ORDERS)
        self.reached(10)
        self.worker.kill()
        open_gate(f"{self.vhost} 10")
        self.worker = self.hire()
        self.worker.start()
        self.reached(30)
    # --8<-- [end:worker]

    def finish(self):
        open_gate(f"{self.vhost} 30")
        wait_until(lambda: self.send(CLOSING) or CLOSING in self.accepted, 60)
        wait_until(lambda: record.sismember(f"{self.vhost} done", CLOSING), 90)

    def row(self):
        done = {int(order) for order in record.smembers(f"{self.vhost} done")}
        charges = record.hgetall(f"{self.vhost} charges").values()
        lost = len(set(self.accepted) - done)
        charged = sum(int(number) > 1 for number in charges)
        begun = sum(started(f"{self.vhost} {order}") > 1 for order in (10, 30))
        if not CASES[self.case]:  # it depends on what was on the disk yet
            assert lost >= 2
            return self.case, "2 or more", "not counted", "not counted"
        return self.case, lost, begun, charged


def knows(node, queue):
    """RabbitMQ notes a new quorum queue a moment later; not the matter here."""
    [directory] = (node.home / "data").glob("*/quorum/*/names.dets")
    return queue.encode() in directory.read_bytes()


def main():
    vhosts = [f"shop{number}" for number in range(len(CASES))]
    with RabbitMQ(vhosts) as node, ExitStack() as stack:
        shops = [Shop(c, node, v) for c, v in zip(CASES, vhosts, strict=True)]
        threads = stack.enter_context(ThreadPoolExecutor(len(shops)))
        for shop in shops:
            stack.callback(lambda shop=shop: shop.worker.kill())
        list(threads.map(lambda shop: shop.worker.start(), shops))
        for shop in shops:
            if shop.quorum:
                name = f"{shop.vhost}_celery"
                wait_until(lambda name=name: knows(node, name), 60)
        list(threads.map(Shop.kill_the_worker, shops))
        # --8<-- [start:broker]
        node.freeze()  # it takes bytes, and reads none
        calls = [threads.submit(shop.send, 100) for shop in shops]
        for shop, call in zip(shops, calls, strict=True):
            if not shop.sender.conf.broker_transport_options:  # no confirms
                call.result(60)
        node.kill()
        node.start()
        # --8<-- [end:broker]
        for call in calls:
            call.result(90)
        list(threads.map(Shop.finish, shops))
        table(
            (
                "safeguards",
                "accepted, never done",
                "10 and 30: begun twice",
                "charged twice",
            ),
            *(shop.row() for shop in shops),
        )


if __name__ == "__main__":
    os.environ.pop("CELERY_BROKER_URL")  # it would win over the senders'
    main()
