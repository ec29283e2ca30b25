# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["redis", "rabbitmq"]
# timeout = 200
# ///
"""SIGSTOP the broker while a task runs; it ends; then the broker thaws."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from celery import Celery
from shop import count, open_gate

from acked.lab import table
from acked.services import RabbitMQ, Redis, Worker, wait_until

SHOP = Path(__file__).with_name("shop.py")
FLAGS = "--concurrency=1 --without-mingle --without-gossip"

# --8<-- [start:cases]
late = {"task_acks_late": True}
beats = {"broker_heartbeat": 2}
CASES = {
    "Redis, `acks_late`": late,
    "RabbitMQ, `acks_late`": late,
    "RabbitMQ, `acks_late`, heartbeat 2 s": late | beats,
    "RabbitMQ, early ack, heartbeat 2 s": beats,
}
# --8<-- [end:cases]


class Case:
    def __init__(self, name, url):
        self.name, settings = name, CASES[name]
        env = {
            **os.environ,
            "CELERY_BROKER_URL": url,
            "SETTINGS": json.dumps(settings),
        }
        self.worker = Worker(SHOP, FLAGS, env)
        self.sender = Celery("sender", broker=url)

    def send(self, what):
        order = f"{self.name} {what}"
        self.sender.send_task("shop.charge", [order], task_id=order)
        return order

    def start(self):
        self.worker.start()
        self.running = self.send("running")
        self.waiting = self.send("waiting")
        wait_until(lambda: count(self.running, "started"), 60)

    def lost_it(self):
        return "Connection to broker lost" in self.worker.log()

    def finish(self):
        open_gate(self.waiting)
        last = self.send("last")
        open_gate(last)
        wait_until(lambda: count(last, "finished"), 60)

    def row(self):
        runs = [count(o, "finished") for o in (self.running, self.waiting)]
        lost = "yes" if self.lost_it() else "no"
        return self.name, lost, *runs


def main():
    os.environ.pop("CELERY_BROKER_URL", None)
    vhosts = [f"shop{number}" for number in range(len(CASES))]
    with ExitStack() as stack, ThreadPoolExecutor() as threads:
        redis = stack.enter_context(Redis())
        rabbitmq = stack.enter_context(RabbitMQ(vhosts))
        cases = []
        for name, vhost in zip(CASES, vhosts):
            on_redis = name.startswith("Redis")
            url = redis.url if on_redis else rabbitmq.vhost_url(vhost)
            cases.append(Case(name, url))
            stack.push(cases[-1].worker)
        list(threads.map(Case.start, cases))
        # --8<-- [start:freeze]
        with redis.frozen(), rabbitmq.frozen():
            for case in cases:
                if "heartbeat" in case.name:
                    wait_until(case.lost_it, 60)
                open_gate(case.running)
                wait_until(lambda: count(case.running, "finished"))
        list(threads.map(Case.finish, cases))
        # --8<-- [end:freeze]
        head = "broker frozen", "connection given up", "running", "waiting"
        table(head, *map(Case.row, cases))


if __name__ == "__main__":
    main()
