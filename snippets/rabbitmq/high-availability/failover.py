# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "kombu", "amqp"]
#
# [tool.acked]
# starts = ["rabbitmq", "haproxy"]
# timeout = 300
# ///
"""A node hangs and dies under seven Celery workers and their senders."""

import json
import os
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from celery import Celery
from cluster import start_nodes, threads
from kombu.exceptions import OperationalError

from acked.lab import table
from acked.services import HAProxy, Worker, wait_until

HERE = Path(__file__).resolve().parent
# --8<-- [start:settings]
classic = {"task_acks_late": True}
quorum = classic | {"task_default_queue_type": "quorum"}
confirms = {"broker_transport_options": {"confirm_publish": True}}
no_control = {"worker_enable_remote_control": False}
CASES = {
    "one URL, quorum queue": quorum | confirms | no_control,
    "three URLs, classic queue": classic | confirms | no_control,
    "three URLs, quorum queue, no confirms": quorum | no_control,
    "three URLs, quorum queue, remote control": quorum | confirms,
    "the same with mingle and gossip": quorum | confirms,
    "three URLs, quorum queue": quorum | confirms | no_control,
    "HAProxy, quorum queue": quorum | confirms | no_control,
}
DEFAULTS = "--concurrency=1"
QUIET = f"{DEFAULTS} --without-mingle --without-gossip"
# --8<-- [end:settings]
ORDERS = range(20)
CLOSING = 99
ONE_URL, CLASSIC, UNCONFIRMED, CONTROL, GOSSIP, *SAFE = CASES

app = Celery("failover")
app.conf.update(json.loads(os.environ.get("SETTINGS", "{}")))
desk = Path(os.environ.get("DESK", "."))


# --8<-- [start:task]
@app.task
def ship(order):
    with open(desk / "shipped", "a") as journal:
        journal.write(f"{order}\n")
    if order == 10:
        wait_until((desk / "the node is dead").exists, timeout=120)
# --8<-- [end:task]


class Shop:
    """One case: a virtual host of its own, a sender and a worker."""

    def __init__(self, case, urls, vhost, home):
        self.case, self.desk, self.accepted = case, home / vhost, []
        self.desk.mkdir()
        settings = CASES[case] | {"broker_url": [url + vhost for url in urls]}
        self.sender = Celery("sender")
        self.sender.conf.update(settings)
        env = {"SETTINGS": json.dumps(settings), "DESK": str(self.desk)}
        options = DEFAULTS if case == GOSSIP else QUIET
        self.worker = Worker(__file__, options, env)

    def send(self, *orders):
        try:
            for order in orders:
                self.sender.send_task("failover.ship", [order])
                self.accepted.append(order)
        except OperationalError:
            return "raises `OperationalError`"
        return "returns"

    def shipped(self):
        journal = self.desk / "shipped"
        lines = journal.read_text().split() if journal.exists() else []
        return Counter(int(line) for line in lines)

    def send_and_wait(self, order):
        wait_until(lambda: self.send(order) == "returns", 120)
        wait_until(lambda: order in self.shipped(), 120)

    def counts(self):
        ran = self.shipped()
        lost = sum(ran[order] == 0 for order in self.accepted)
        twice = sum(ran[order] > 1 for order in self.accepted)
        if self.case == CLASSIC:  # its acknowledgements were in memory
            assert twice >= 1
            twice = "1 or more"
        return len(self.accepted), lost, twice


def crash(node, shops):
    # --8<-- [start:crash]
    node.freeze()
    calls = {case: threads.submit(shops[case].send, 20) for case in CASES}
    wait_until(calls[UNCONFIRMED].done)
    node.kill()
    for shop in shops.values():
        (shop.desk / "the node is dead").touch()
    # --8<-- [end:crash]
    return calls


def without_the_node(shops):
    """What each worker does while it is away."""
    shops[CONTROL].worker.wait_until_gone(120)
    assert "ResourceLocked" in shops[CONTROL].worker.log()
    goes_on = [UNCONFIRMED, *SAFE]
    for case in goes_on:
        shops[case].send_and_wait(21)
    words = dict.fromkeys(CASES, "waits") | dict.fromkeys(goes_on, "goes on")
    for case in (ONE_URL, CLASSIC, GOSSIP):
        assert shops[case].worker.processes()
        assert 11 not in shops[case].shipped()
    return words | {CONTROL: "ends: `ResourceLocked`"}


def main():
    vhosts = [f"shop{number}" for number in range(len(CASES))]
    with ExitStack() as stack:
        nodes = start_nodes(stack, 3, vhosts=vhosts)
        ports = [node.port for node in nodes]
        names = ("ONE", "TWO", "THREE")
        env = {name: str(port) for name, port in zip(names, ports, strict=True)}
        haproxy = stack.enter_context(HAProxy(HERE / "balancer.cfg", env))
        shops = {}
        for case, vhost in zip(CASES, vhosts, strict=True):
            ways = {"one": ports[:1], "HAP": [haproxy.port]}
            there = ways.get(case[:3], ports)  # else three URLs
            urls = [f"amqp://guest:guest@127.0.0.1:{port}/" for port in there]
            shops[case] = Shop(case, urls, vhost, nodes[0].home)
            stack.push(shops[case].worker)
        run(nodes[0], shops)


def run(node, shops):
    list(threads.map(lambda shop: shop.worker.start(), shops.values()))
    for shop in shops.values():
        shop.send(*ORDERS)
    wait_until(lambda: all(10 in s.shipped() for s in shops.values()), 60)
    calls = crash(node, shops)
    workers = without_the_node(shops)
    sends = {case: call.done() for case, call in calls.items()}
    node.start()
    shops[CONTROL].worker.start()
    rows = []
    for case, shop in shops.items():
        said = ("" if sends[case] else "waits, ") + calls[case].result(90)
        shop.send_and_wait(CLOSING)
        rows.append((case, said, workers[case], *shop.counts()))
    table(
        ("settings", "`.delay()`", "worker", "accepted", "lost", "run twice"),
        *rows,
    )


if __name__ == "__main__":
    main()
