# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["redis", "rabbitmq"]
# environments = ["celery-5-4"]
# timeout = 300
# ///
"""SIGKILL the broker while one task runs, some are prefetched, some queued."""

import json
import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from broker_files import knows_quorum_queue, unacked_on_disk
from celery import Celery
from kombu import Connection
from shop import count, open_gate

from acked import environments
from acked.lab import table
from acked.services import RabbitMQ, Redis, Worker, wait_until

SHOP = Path(__file__).with_name("shop.py")
FLAGS = "--concurrency=1 --without-mingle --without-gossip"
OLD = "Celery 5.4"
PATIENCE = 90

# --8<-- [start:settings]
short = {
    "visibility_timeout": 8,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
    "unacked_mutex_expire": 3,  # a killed broker may remember the lock
}
SETTINGS = {
    "short timeout": {"broker_transport_options": short},
    "late": {"task_acks_late": True},
    "cancel": {"worker_cancel_long_running_tasks_on_connection_loss": True},
    "transient": {"task_default_delivery_mode": "transient"},
    "quorum": {"task_default_queue_type": "quorum"},
}
# --8<-- [end:settings]
NO_FILES, AOF = "Redis, no persistence", "Redis, AOF"
CLASSIC, QUORUM = "RabbitMQ, classic queue", "RabbitMQ, quorum queue"
TRANSIENT = "RabbitMQ, classic, transient tasks"
CASES = [
    (NO_FILES, ""),
    (NO_FILES, "late"),
    (AOF, "short timeout"),
    (AOF, "short timeout, late"),
    (AOF, "short timeout, late, cancel"),
    (AOF, "late"),
    (AOF, f"late, {OLD}"),
    (CLASSIC, ""),
    (CLASSIC, "late"),
    (CLASSIC, "late, cancel"),
    (CLASSIC, f"late, {OLD}"),
    (QUORUM, "quorum"),
    (QUORUM, "quorum, late"),
    (TRANSIENT, "transient"),
    (TRANSIENT, "transient, late"),
]
ORDERS = range(8)
LAST = len(ORDERS)


class Case:
    def __init__(self, number, broker, words):
        self.broker, self.words = broker, words
        self.name = f"shop{number}"
        self.settings, self.left = {}, set()
        for word in words.split(", "):
            self.settings |= SETTINGS.get(word, {})
        self.server = SERVERS[broker]
        if self.on_redis:
            self.url = f"{self.server.url[:-1]}{number}"  # a database each
        else:
            self.url = self.server.vhost_url(self.name)
        self.sender = Celery("sender", broker=self.url)
        self.sender.conf.update(self.settings)
        # The worker holds four messages that are not acknowledged.
        self.held = range(1, 4 if "late" in words else 5)
        self.worker = self.new_worker()

    @property
    def on_redis(self):
        return "Redis" in self.broker

    def new_worker(self):
        env = {
            **os.environ,
            "CELERY_BROKER_URL": self.url,
            "SETTINGS": json.dumps(self.settings),
        }
        if OLD in self.words:
            env |= environments.variables("celery-5-4")
        return Worker(SHOP, FLAGS, env)

    def order(self, number):
        return f"{self.name}-{number}"

    def send(self, number):
        order = self.order(number)
        self.sender.send_task("shop.charge", [order], task_id=order)

    def on_disk(self):
        """The files know what has been sent and acknowledged."""
        if self.broker == CLASSIC:
            left = len(ORDERS) - (0 if "late" in self.words else 1)
            return unacked_on_disk(self.server, self.name, "celery") == left
        if self.broker == QUORUM:
            return knows_quorum_queue(self.server, f"{self.name}_celery")
        return True

    def in_queue(self):
        with Connection(self.url) as connection:
            channel = connection.default_channel
            if self.on_redis:
                return channel.client.llen("celery")
            queue = channel.queue_declare("celery", passive=True)
            return queue.message_count

    def unacked(self):
        with Connection(self.url) as connection:
            redis = connection.default_channel.client
            entries = map(json.loads, redis.hvals("unacked"))
            return {message["headers"]["id"] for message, _, _ in entries}

    def has_noticed(self):
        return bool(after_the_loss(self.worker))

    def came_back(self):
        """What it held before the crash has been put back into the queue."""
        with Connection(self.url) as connection:
            redis = connection.default_channel.client
            return not redis.zcount("unacked_index", 0, self.sent)

    def is_at_work(self):
        """One runs, four are not acknowledged, the others wait."""
        if not count(self.order(0), "started"):
            return False
        if self.on_redis and len(self.unacked()) != 4:
            return False
        return self.in_queue() == len(ORDERS) - 1 - self.held[-1]

    def cell(self, numbers):
        orders = map(self.order, numbers)
        # The same for all of them, or this fails.
        [(runs, ends)] = {
            (count(order, "started"), count(order, "finished"))
            for order in orders
        }
        if (runs, ends) == (2, 1):
            return "cut off, then once"
        assert runs == ends, f"{self.name}: {runs} runs, {ends} ends"
        words = {0: "**lost**", 1: "once", 2: "**twice**"}[runs]
        if self.left & set(map(self.order, numbers)):
            words = "in `unacked`" if runs == 0 else f"{words}, in `unacked`"
        return f"{len(numbers)} × {words}" if len(numbers) > 1 else words

    def row(self):
        queued = range(self.held[-1] + 1, len(ORDERS))
        cells = map(self.cell, ([0], self.held, queued))
        return self.broker, self.title(), *cells

    def title(self):
        words = ["`acks_late`" if "late" in self.words else "early ack"]
        if self.on_redis and AOF == self.broker:
            short = "short timeout" in self.words
            words.append("timeout 8 s" if short else "timeout 1 h (default)")
        if "cancel" in self.words:
            words.append("cancel on loss")
        if OLD in self.words:
            words.append(OLD)
        return ", ".join(words)


def prepare(case):
    case.worker.start()
    for number in ORDERS:
        case.send(number)
    wait_until(case.is_at_work, PATIENCE, f"{case.name} at work")
    case.sent = time.time()
    wait_until(case.on_disk, PATIENCE, f"{case.name} on disk")


def crash(servers, cases, threads):
    # --8<-- [start:crash]
    for server in servers:
        server.kill()
    for case in cases:
        wait_until(case.has_noticed, PATIENCE, f"{case.name} to notice")
    wait_until(lambda: all(time.time() > case.sent + 8 for case in cases))
    for server in servers:
        server.start()
    list(threads.map(resume, cases))
    # --8<-- [end:crash]


# --8<-- [start:resume]
def resume(case):
    wait_until(lambda: "Connected to" in after_the_loss(case.worker), PATIENCE)
    if "short timeout" in case.words:
        wait_until(case.came_back, PATIENCE)
    for number in ORDERS:
        open_gate(case.order(number))
# --8<-- [end:resume]


def after_the_loss(worker):
    """The log from the first complaint on."""
    words = "Connection to broker lost|Cannot connect"
    complaint = re.search(words, worker.log())
    return worker.log()[complaint.end() :] if complaint else ""


def finish(case):
    open_gate(case.order(LAST))
    case.send(LAST)
    wait_until(lambda: count(case.order(LAST), "finished"), PATIENCE)
    if case.on_redis:
        last = case.order(LAST)
        wait_until(lambda: last not in case.unacked(), PATIENCE)
        case.left = case.unacked()


def main(rabbitmq):
    with ExitStack() as stack, ThreadPoolExecutor(len(CASES)) as threads:
        servers = [rabbitmq, SERVERS[NO_FILES], SERVERS[AOF]]
        for server in servers:
            stack.enter_context(server)
        cases = [Case(n, *words) for n, words in enumerate(CASES)]
        for case in cases:
            stack.push(case.worker)
        list(threads.map(prepare, cases))
        crash(servers, cases, threads)
        list(threads.map(finish, cases))
        head = "broker", "settings", "running", "prefetched", "queued"
        table(head, *map(Case.row, cases))


if __name__ == "__main__":
    os.environ.pop("CELERY_BROKER_URL", None)  # it beats Celery(broker=)
    rabbitmq = RabbitMQ([f"shop{number}" for number in range(len(CASES))])
    SERVERS = {
        NO_FILES: Redis('--save ""'),
        AOF: Redis('--save "" --appendonly yes'),
        CLASSIC: rabbitmq,
        QUORUM: rabbitmq,
        TRANSIENT: rabbitmq,
    }
    main(rabbitmq)
