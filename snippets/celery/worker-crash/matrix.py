# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# starts = ["redis"]
# timeout = 300
# ///
"""What becomes of a task: broker x settings x who dies x when.

48 workers with two pool children each die while they hold tasks in all four
moments. Then one worker per broker (the rescuer) takes what is delivered to
it, until queues, `unacked` and `unacked_index` are empty and a task that was
sent last has run.
"""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby, product
from pathlib import Path

from kombu import Connection

from acked.services import Redis, Worker, wait_until
from shop import charge, finished, open_gate, started, state

SHOP = Path(__file__).with_name("shop.py")
FLAGS = "--concurrency=2 --without-gossip --without-mingle"

# The twelve tasks of a case, and which of them is in which moment: with two
# children and a prefetch multiplier of 4 a worker holds 8 unacknowledged.
SENT = range(1, 13)
RUNNING, FINISHED, PREFETCHED, QUEUED = 1, 2, 8, 12
AFTERWARDS = 13  # sent last of all

WHO = {
    "pool children, SIGKILL": 0,
    "whole worker, SIGKILL": 0,
    "warm shutdown": 0,
    "soft shutdown, task ends in time": 5,
    "soft shutdown, task takes too long": 1,
    "cold shutdown": 0,
}


class Case:
    def __init__(self, broker, who, late, reject):
        self.broker, self.who, self.late, self.reject = broker, who, late, reject
        self.queue = f"{who} {late} {reject}".replace(",", "").replace(" ", "-")
        self.connection = Connection(URLS[broker])
        self.left = set()

    def order(self, number):
        return f"{self.broker}-{self.queue}-{number}"

    def send(self, number):
        charge.apply_async(
            [self.order(number)],
            task_id=self.order(number),
            queue=self.queue,
            connection=self.connection,
        )

    def in_queue(self):
        if self.broker == "Redis":
            return broker_redis.llen(self.queue)
        channel = self.connection.default_channel
        return channel.queue_declare(self.queue, passive=True).message_count

    def has_finished(self, number):
        return finished(self.order(number))

    def done_or_failed(self, number):
        order = self.order(number)
        return finished(order) or state(order) == "FAILURE"

    def run(self):
        for number in SENT:
            self.send(number)
        settings = {
            "task_acks_late": self.late,
            "task_reject_on_worker_lost": self.reject,
            "worker_soft_shutdown_timeout": WHO[self.who],
        }
        with shop_worker(self.broker, "victim", self.queue, settings) as worker:
            self.reach_the_moment(worker)
            self.die(worker)
            for number in SENT:
                open_gate(self.order(number))
            if "children" in self.who:
                self.carry_on(worker)
        self.note_what_is_left()
        self.send(AFTERWARDS)
        open_gate(self.order(AFTERWARDS))

    # --8<-- [start:moment]
    def reach_the_moment(self, worker):
        running, done = self.order(RUNNING), self.order(FINISHED)
        wait_until(lambda: started(running) and started(done))
        acknowledged = 0 if self.late else 2
        wait_until(lambda: self.in_queue() == 12 - 8 - acknowledged)
        worker.freeze_parent()  # from here on no acknowledgement gets out
        open_gate(done)
        wait_until(lambda: finished(done) and state(done) == "SUCCESS")
    # --8<-- [end:moment]

    # --8<-- [start:die]
    def die(self, worker):
        if self.who == "pool children, SIGKILL":
            for child in worker.pool():
                child.kill()
            worker.thaw_parent()
        elif self.who == "whole worker, SIGKILL":
            worker.kill()
        elif self.who == "warm shutdown":
            worker.shut_down("warm", wait=False)
            worker.thaw_parent()
            wait_until(lambda: "Warm shutdown" in worker.log())
            open_gate(self.order(RUNNING))
        else:  # worker_soft_shutdown_timeout is 5, 1 or, for cold, 0
            worker.shut_down("cold", wait=False)
            worker.thaw_parent()
            if self.who == "soft shutdown, task ends in time":
                wait_until(lambda: "Initiating Soft" in worker.log())
                open_gate(self.order(RUNNING))
        if "SIGKILL" not in self.who:
            worker.wait_until_gone()
    # --8<-- [end:die]

    def carry_on(self, worker):
        """The parent lives and goes on with new children, to the end."""
        for number in SENT:
            wait_until(lambda: self.done_or_failed(number))
        worker.shut_down("warm")

    def note_what_is_left(self):
        """Which tasks are not in the queue, but unacknowledged in Redis."""
        if self.broker == "Redis":
            for entry in broker_redis.hvals("unacked"):
                message, _, queue = json.loads(entry)
                if queue == self.queue:
                    self.left.add(message["headers"]["id"])

    # What became of it.

    def outcome(self, number):
        order = self.order(number)
        starts, ends = len(started(order)), len(finished(order))
        words = {
            (1, 0): "**lost**",
            (1, 1): "done once",
            (2, 1): "started twice, done once",
            (2, 2): "**done twice**",
        }[starts, ends]
        return f"{words} · `{state(order)}`"

    def comes_back(self, number):
        order = self.order(number)
        if order in self.left:
            return "after the visibility timeout"
        runs = started(order)
        if len(runs) == 2 or runs == ["rescuer"]:
            return "at once"
        return ""


def shop_worker(broker, name, queues, settings):
    env = {
        **os.environ,
        "CELERY_BROKER_URL": URLS[broker],
        "WORKER": name,
        "SETTINGS": json.dumps(settings),
    }
    return Worker(SHOP, f"{FLAGS} --queues={queues}", env)


def rescue(broker):
    """One worker for all queues; returns when nothing can come any more."""
    mine = [case for case in cases if case.broker == broker]
    settings = {}
    if broker == "Redis":
        settings["broker_transport_options"] = {
            "visibility_timeout": 5,
            "unacked_restore_interval": 1,
            "unacked_restore_throttle": 1,
        }
    queues = ",".join(case.queue for case in mine)
    with shop_worker(broker, "rescuer", queues, settings) as worker:
        for case in mine:
            wait_until(lambda: case.has_finished(AFTERWARDS), 60)
        wait_until(lambda: not broker_redis.exists("unacked", "unacked_index"))
        worker.shut_down("warm")
    assert not any(case.in_queue() for case in mine)


with Redis() as server:
    broker_redis = server.client()
    URLS = {"Redis": server.url, "RabbitMQ": os.environ["AMQP_URL"]}
    cases = [Case(*x) for x in product(URLS, WHO, (False, True), (False, True))]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(Case.run, cases))
        list(pool.map(rescue, URLS))
    import sys
    for c in cases:
        for n in (12, 8, 1, 2):
            print(c.broker, c.who, c.late, c.reject, n, c.outcome(n), c.comes_back(n))
