# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# starts = ["redis"]
# timeout = 200
# ///
"""Redis is the result backend, and the broker or not; SIGKILL under load."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from celery import Celery

from acked.lab import finished, open_gate, table
from acked.services import Redis, Worker, wait_until

SHOP = Path(__file__).with_name("shop.py")
RABBITMQ = os.environ["CELERY_BROKER_URL"]
# --8<-- [start:cases]
CASES = {
    ("Redis", "no persistence"): "--save ''",
    ("Redis", "default save points"): "",
    ("Redis", "AOF"): "--appendonly yes",
    ("RabbitMQ", "no persistence"): "--save ''",
    ("RabbitMQ", "AOF"): "--appendonly yes",
}
# --8<-- [end:cases]


class Shop:
    def __init__(self, case, server):
        self.name, self.url = " ".join(case), server.url
        self.broker = server.url if case[0] == "Redis" else RABBITMQ
        self.queue = self.name.replace(" ", "-")

    def worker(self):
        env = {
            **os.environ,
            "CELERY_BROKER_URL": self.broker,
            "CELERY_RESULT_BACKEND": self.url,
            "SETTINGS": '{"worker_prefetch_multiplier": 1}',
        }
        flags = "--concurrency=1 --without-mingle --without-gossip"
        return Worker(SHOP, f"{flags} -Q {self.queue}", env)

    def send(self, order, gate_open=True):
        if gate_open:
            open_gate(order)
        with Celery("sender", broker=self.broker, backend=self.url) as app:
            app.send_task(
                "shop.charge", [order], task_id=order, queue=self.queue
            )

    def state(self, order):
        with Celery("reader", backend=self.url) as client:
            return client.AsyncResult(order).state

    def succeeded(self, orders):
        return sum(self.state(order) == "SUCCESS" for order in orders)


# --8<-- [start:crash]
def crash(case):
    with Redis(CASES[case]) as server:
        shop = Shop(case, server)
        done = [f"{shop.name} done {n}" for n in range(5)]
        waiting = [f"{shop.name} waiting {n}" for n in range(10)]
        running = f"{shop.name} running"
        with shop.worker():
            for order in done:
                shop.send(order)
            wait_until(lambda: shop.succeeded(done) == 5, 60)
            shop.send(running, gate_open=False)
            wait_until(lambda: shop.state(running) == "STARTED", 60)
            for order in waiting:
                shop.send(order)
            if case[0] == "Redis":  # one of them is prefetched
                wait_until(lambda: server.client().hlen("unacked") == 1)
            server.kill()
            server.start()
            kept = shop.succeeded(done)
            open_gate(running)
            shop.send(f"{shop.name} last")
            wait_until(lambda: finished(f"{shop.name} last"), 60)
        # --8<-- [end:crash]
        executed = sum(finished(order) for order in waiting)
        ran = finished(running)
        return *case, kept, executed, ran, f"`{shop.state(running)}`"


def main():
    os.environ.pop("CELERY_BROKER_URL")
    os.environ.pop("CELERY_RESULT_BACKEND", None)
    with ThreadPoolExecutor() as threads:
        rows = list(threads.map(crash, CASES))
    table(
        (
            "broker",
            "Redis, the backend",
            "5 done: states kept",
            "10 waiting: executed",
            "running task executed",
            "its state then",
        ),
        *rows,
    )


if __name__ == "__main__":
    main()
