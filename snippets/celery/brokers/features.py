# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["redis", "valkey", "rabbitmq"]
# environments = ["stand-ins"]
# timeout = 300
# ///
"""One app, six brokers: which of Celery's features work on which?"""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Thread

from six_brokers import BROKERS, environment

from celery import Celery
from kombu.common import Broadcast
from shop import done, record

from acked.lab import table
from acked.services import Moto, ServiceError, Worker, wait_until

SHOP = Path(__file__).with_name("shop.py")
FLAGS = "--concurrency=1 --prefetch-multiplier=1 --task-events"
PATIENCE = 90  # seconds, for what must come: on a busy machine
ENOUGH = 8  # seconds, for what cannot come: the transport has no fanout
SNS = {"supports_fanout": True}  # SQS with Amazon's SNS for broadcasts


class Client:
    """What a web process can do with one broker and its two workers."""

    def __init__(self, name, url, settings):
        self.name = name
        self.app = Celery("shop", broker=url, set_as_current=False)
        self.app.conf.update(settings)
        self.news = Broadcast("news")
        self.events = []
        self.patience = PATIENCE if self.has_fanout() else ENOUGH

    # --8<-- [start:sends]
    def has_fanout(self):
        with self.app.connection_for_write() as connection:
            return connection.supports_exchange_type("fanout")

    def send(self, task, part, order=0, **options):
        case = f"{self.name} {part}"
        self.app.send_task(f"shop.{task}", [case, order], **options)

    def send_with_priorities(self):
        for priority in 5, 9, 0, 3:
            self.send("note", "priority", priority, priority=priority)

    def send_for_later(self):
        self.sent = time.time()
        self.send("note", "later", countdown=2)

    def ping(self):
        inspect = self.app.control.inspect(timeout=self.patience, limit=1)
        return len(inspect.ping() or [])

    def listen(self):
        with self.app.connection_for_read() as connection:
            heard = {"task-succeeded": self.heard}
            self.receiver = self.app.events.Receiver(connection, heard)
            self.receiver.capture(timeout=self.patience)

    def heard(self, event):
        self.events.append(event)
        self.receiver.should_stop = True

    def broadcast(self):
        exchange = self.news.exchange
        self.send("note", "news", queue=self.news, declare=[exchange])

    # --8<-- [end:sends]

    def hears(self):
        self.send("note", "event")  # again: it may not be listening yet
        time.sleep(0.5)
        return self.events

    def reached(self):
        return record.smembers(f"{self.name} news by")

    def reaches_both(self):
        self.broadcast()  # again: a worker may not be listening yet
        time.sleep(0.5)
        return len(self.reached()) == 2

    def count(self):
        return str(len(self.reached()))

    def done(self, part):
        return done(f"{self.name} {part}")

    def comes(self, condition):
        with suppress(ServiceError):
            return bool(wait_until(condition, self.patience))
        return False


def listen(client):
    with suppress(TimeoutError, OSError):
        client.listen()


def features(name):
    kind, settings = BROKERS[name]
    found = {}
    with kind() as broker:
        client = Client(name, broker.url, settings)
        env = environment(broker.url, settings)
        client.send_with_priorities()
        with Worker(SHOP, FLAGS, {**env, "WORKER": "A"}):
            wait_until(lambda: len(client.done("priority")) == 4, PATIENCE)
            found["runs a task"] = "yes"
            order = " ".join(client.done("priority"))
            found["priorities 5 9 0 3 run as"] = order
            client.send_for_later()
            wait_until(lambda: client.done("later"), PATIENCE)
            ran = float(record.hget(f"{name} later at", 0))
            assert ran - client.sent >= 2
            found["`countdown=2` waits 2 s"] = "yes"
            found["kombu has fanout for it"] = yes(client.has_fanout())
            found["`inspect ping` answers"] = yes(client.ping())
            listener = Thread(target=listen, args=[client])
            listener.start()
            client.comes(client.hears)
            listener.join()
            found["events arrive"] = yes(client.events)
            with Worker(SHOP, FLAGS, {**env, "WORKER": "B"}):
                client.comes(client.reaches_both)
                found["workers a broadcast reaches"] = client.count()
    return found


def with_sns():
    """On SQS with SNS: an answer to a ping, workers a broadcast reaches."""
    with Moto() as broker:
        options = {**Moto.transport_options, **SNS}
        settings = {"broker_transport_options": options}
        client = Client("SNS", broker.url, settings)
        env = environment(broker.url, settings)
        with (
            Worker(SHOP, FLAGS, {**env, "WORKER": "A"}),
            Worker(SHOP, FLAGS, {**env, "WORKER": "B"}),
        ):
            wait_until(client.reaches_both, PATIENCE)
            return yes(client.ping()), client.count()


def yes(answer):
    return "yes" if answer else "**no**"


def main():
    with ThreadPoolExecutor(3) as pool:
        jobs = {name: pool.submit(features, name) for name in reversed(BROKERS)}
        sns = pool.submit(with_sns)
        columns = {name: jobs[name].result() for name in BROKERS}
    rows = "`inspect ping` answers", "workers a broadcast reaches"
    for row, cell in zip(rows, sns.result(), strict=True):
        columns["SQS (moto)"][row] += f"; with SNS {cell}"
    rows = [
        (row, *(column[row] for column in columns.values()))
        for row in columns["Redis"]
    ]
    table(("", *BROKERS), *rows)


if __name__ == "__main__":
    main()
