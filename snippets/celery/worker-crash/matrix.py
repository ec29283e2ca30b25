# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# starts = ["redis"]
# timeout = 600
# ///
"""What becomes of a task: broker x settings x who dies x when.

48 workers, each with two pool children, die while they hold tasks in all four
moments. Then one worker per broker (the rescuer) takes what is delivered to
it, until the queues, `unacked` and `unacked_index` are empty and a task that
was sent last has run.
"""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

from kombu import Connection

from acked.lab import table
from acked.services import Redis, Worker, wait_until
from shop import charge, finished, open_gate, started, state

SHOP = Path(__file__).with_name("shop.py")
FLAGS = "--concurrency=2 --without-gossip --without-mingle"
PATIENCE = 90  # seconds, on a busy machine

# Twelve tasks each. Two children and a prefetch multiplier of 4: a worker
# holds 8 unacknowledged messages, so of these four each is in its moment.
SENT = range(1, 13)
MOMENTS = {
    "queued": 12,
    "prefetched": 8,
    "running": 1,
    "finished, not acknowledged": 2,
}
RUNNING, FINISHED = 1, 2
SENT_LAST = 13


# Who dies, and how. Each gets the worker and the task that runs; the worker's
# parent is stopped (SIGSTOP), so it hears of its fate when it is thawed.


# --8<-- [start:deaths]
def kill_children(worker, running):
    for child in worker.pool():
        child.kill()
    worker.thaw_parent()


def kill_worker(worker, running):
    worker.kill()  # parent and children


def warm_shutdown(worker, running):
    worker.shut_down("warm", wait=False)  # SIGTERM
    worker.thaw_parent()
    wait_until(lambda: "Warm shutdown" in worker.log(), PATIENCE)
    open_gate(running)  # the task ends; how long it takes is its own affair
    worker.wait_until_gone()


def soft_shutdown(worker, running):
    worker.shut_down("soft", wait=False)  # SIGQUIT
    worker.thaw_parent()
    wait_until(lambda: "Initiating Soft" in worker.log(), PATIENCE)
    open_gate(running)
    worker.wait_until_gone()


def cold_shutdown(worker, running):
    worker.shut_down("cold", wait=False)  # SIGQUIT, too
    worker.thaw_parent()
    worker.wait_until_gone()
# --8<-- [end:deaths]


# Name, what happens, worker_soft_shutdown_timeout.
WHO = {
    "child killed": (kill_children, 0),
    "worker killed": (kill_worker, 0),
    "warm": (warm_shutdown, 0),
    "soft, in time": (soft_shutdown, 5),
    "soft, too late": (cold_shutdown, 1),
    "cold": (cold_shutdown, 0),
}


class Case:
    def __init__(self, broker, who, late, reject):
        self.broker, self.who = broker, who
        self.late, self.reject = late, reject
        self.die, self.soft_timeout = WHO[who]
        words = f"{who} {late} {reject}".replace(":", "").replace(",", "")
        self.queue = words.replace(" ", "-")
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

    def worker_holds_eight(self):
        """Fetched and, on Redis, in `unacked`: before that it is nowhere."""
        if self.broker == "Redis" and len(self.unacknowledged()) != 8:
            return False
        acknowledged = 0 if self.late else 2
        return self.in_queue() == 12 - 8 - acknowledged

    def unacknowledged(self):
        """The tasks that are not in the queue, but in Redis' `unacked`."""
        entries = map(json.loads, broker_redis.hvals("unacked"))
        return {
            message["headers"]["id"]
            for message, _, queue in entries
            if queue == self.queue
        }

    def run(self):
        for number in SENT:
            self.send(number)
        settings = {
            "task_acks_late": self.late,
            "task_reject_on_worker_lost": self.reject,
            "worker_soft_shutdown_timeout": self.soft_timeout,
        }
        with shop_worker(self.broker, "victim", self.queue, settings) as worker:
            self.reach_the_moment(worker)
            self.die(worker, self.order(RUNNING))
            for number in SENT:
                open_gate(self.order(number))
            if self.die is kill_children:
                self.carry_on(worker)
        if self.broker == "Redis":
            self.left = self.unacknowledged()
        self.send(SENT_LAST)
        open_gate(self.order(SENT_LAST))

    # --8<-- [start:moment]
    def reach_the_moment(self, worker):
        running, done = self.order(RUNNING), self.order(FINISHED)
        wait_until(lambda: started(running) and started(done), PATIENCE)
        wait_until(self.worker_holds_eight, PATIENCE)
        worker.freeze_parent()  # from here on no acknowledgement gets out
        open_gate(done)
        wait_until(lambda: state(done) == "SUCCESS", PATIENCE)
        wait_until(lambda: all(map(is_asleep, worker.pool())), PATIENCE)
    # --8<-- [end:moment]

    def carry_on(self, worker):
        """The parent lives and goes on with new children, to the end."""
        for number in SENT:
            order = self.order(number)
            wait_until(
                lambda: finished(order) or state(order) == "FAILURE", PATIENCE
            )
        worker.shut_down("warm")

    def outcome(self, number):
        """What became of a task: by what it noted, and by the result state."""
        order = self.order(number)
        assert started(order), f"{order} was never started"
        words = {
            (1, 0): "**lost**",
            (1, 1): "once",
            (2, 1): "started twice",
            (2, 2): "**done twice**",
        }[len(started(order)), len(finished(order))]
        return f"{words} · `{state(order)}`"

    def came_back(self, number):
        """When a task that this worker had fetched was delivered again."""
        order = self.order(number)
        if order in self.left:
            return "after the timeout"
        runs = started(order)
        again = len(runs) == 2 or runs == ["rescuer"]
        return "at once" if again and number != MOMENTS["queued"] else ""


def is_asleep(child):
    """It has told its parent the result, and waits: not woken for a second."""
    woken = child.num_ctx_switches()
    time.sleep(1)
    return child.status() == "sleeping" and child.num_ctx_switches() == woken


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
            last = case.order(SENT_LAST)
            wait_until(lambda: finished(last), PATIENCE, last)
        wait_until(lambda: not broker_redis.exists("unacked", "unacked_index"))
        worker.shut_down("warm")
    assert not any(case.in_queue() for case in mine), "something is left"


# The table: rows that do not differ are one row.

COLUMNS = [(False, False), (False, True), (True, False), (True, True)]


def cells(broker, who, number):
    """The outcome in each of the four settings."""
    return [
        found[broker, who, late, reject].outcome(number)
        for late, reject in COLUMNS
    ]


def back(who, number):
    """When it came back, where it came back at all."""
    when = {
        broker: {
            found[broker, who, *column].came_back(number) for column in COLUMNS
        }
        - {""}
        for broker in URLS
    }
    texts = {broker: ", ".join(sorted(words)) for broker, words in when.items()}
    if len(set(texts.values())) == 1:
        return texts["Redis"] or "-"
    return "; ".join(f"{broker}: {text}" for broker, text in texts.items())


def together(who):
    """Several ways to die, in few words."""
    shutdowns = [name for name in WHO if "killed" not in name]
    if len(who) == len(WHO):
        return "any of the six"
    if set(shutdowns) <= set(who):
        who = [*(set(who) - set(shutdowns)), "any shutdown"]
    return "; ".join(who)


def print_table():
    head = ["when", "who dies", "early ack (default)", "`acks_late`"]
    head += ["+ `reject_on_worker_lost`", "delivered again"]
    lines = []
    agree = same = 0
    for moment, number in MOMENTS.items():
        rows = {}
        for who in WHO:
            on_redis = cells("Redis", who, number)
            on_rabbitmq = cells("RabbitMQ", who, number)
            agree += sum(map(str.__eq__, on_redis, on_rabbitmq))
            same += sum(c[0] == c[1] for c in (on_redis, on_rabbitmq))
            early, _, late, both = [
                one if one == two else f"Redis: {one}; RabbitMQ: {two}"
                for one, two in zip(on_redis, on_rabbitmq)
            ]
            row = (early, late, both, back(who, number))
            rows.setdefault(row, []).append(who)
        for row, who in rows.items():
            lines.append((moment, together(who), *row))
    others = [
        case.outcome(number)
        for case in cases
        for number in SENT
        if number not in MOMENTS.values()
    ]
    once = others.count("once · `SUCCESS`")
    last = (
        "*all*",
        f"{len(cases)} workers, {len(SENT)} tasks each",
        f"`reject_on_worker_lost` alone: no difference in {same} of 48",
        f"Redis as RabbitMQ in {agree} of 96",
        f"the other tasks: once in {once} of {len(others)}",
        "",
    )
    table(head, *lines, last)


with Redis() as server:
    broker_redis = server.client()
    URLS = {"Redis": server.url, "RabbitMQ": os.environ["AMQP_URL"]}
    cases = [
        Case(broker, who, late, reject)
        for broker, who, (late, reject) in product(URLS, WHO, COLUMNS)
    ]
    found = {(c.broker, c.who, c.late, c.reject): c for c in cases}
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(Case.run, cases))
        list(pool.map(rescue, URLS))
    print_table()
