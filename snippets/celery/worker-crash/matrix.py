# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# starts = ["redis"]
# timeout = 300
# ///
"""Who dies x when x which settings x which broker: what becomes of a task.

Each worker (two pool children, prefetch multiplier 4 as by default) dies
while it holds tasks in all four moments: one runs, one has finished but is
not acknowledged, some are prefetched, and some are still in the queue.
"""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

import redis
from kombu import Connection

from acked.services import Redis, Worker, wait_until
from shop import charge, finished, open_gate, started, state

SHOP = Path(__file__).with_name("shop.py")
EARLY, REJECT, LATE, BOTH = product([False, True], repeat=2)
QUIET = "--without-gossip --without-mingle"
SENT = 12
RUNNING, FINISHED, PREFETCHED, QUEUED, LAST = 1, 2, 8, SENT, SENT + 1
MOMENTS = {
    "queued": QUEUED,
    "prefetched": PREFETCHED,
    "running": RUNNING,
    "finished, not acknowledged": FINISHED,
}


class Case:
    def __init__(self, broker, url, who, settings):
        self.broker, self.url, self.who = broker, url, who
        self.settings = settings
        self.late, self.reject = settings
        self.queue = f"{who} {self.late} {self.reject}".replace(" ", "-")
        self.channel = Connection(url).channel()
        self.worker = None
        self.unacked = []

    def order(self, number):
        return f"{self.broker} {self.queue} {number}"

    def send(self, number):
        order = self.order(number)
        charge.apply_async(
            [order],
            task_id=order,
            queue=self.queue,
            connection=self.channel.connection.client
            if hasattr(self.channel.connection, "client")
            else None,
        )

    def ready(self):
        """Messages that wait in the queue, fetched by nobody."""
        if self.broker == "Redis":
            return self.channel.client.llen(self.queue)
        return self.channel.queue_declare(
            self.queue, passive=True
        ).message_count
