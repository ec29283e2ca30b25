# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["redis"]
# environments = ["celery-5-4", "celery-5-6"]
# timeout = 300
# ///
"""A deploy while tasks run: what becomes of them on three versions of Celery.

Redis is the broker, with `acks_late` and the default visibility timeout of one
hour. Each old worker gets SIGTERM while it runs two tasks and holds a third.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kombu import Connection

from acked import environments
from acked.lab import table
from acked.services import Redis, Worker, wait_until
from shop import charge, finished, open_gate, started, state

SHOP = Path(__file__).with_name("shop.py")
FLAGS = "--concurrency=2 --without-gossip --without-mingle"
PATIENCE = 90  # seconds, on a busy machine
VERSIONS = {
    "5.4": environments.variables("celery-5-4"),
    "5.6": environments.variables("celery-5-6"),
    "5.7": {},
}

# --8<-- [start:cases]
COLD = {"REMAP_SIGTERM": "SIGQUIT"}  # an environment variable
SOFT = {"worker_soft_shutdown_timeout": 8}
CASES = {
    "nothing: warm": ({}, {}),
    "`REMAP_SIGTERM`: cold": (COLD, {}),
    "and a soft timeout of 8 s": (COLD, SOFT),
}
# --8<-- [end:cases]


class Case:
    def __init__(self, what, version):
        self.what, self.version = what, version
        self.remap, self.settings = CASES[what]
        self.queue = f"{version}-{list(CASES).index(what)}"
        self.connection = Connection(server.url)
        self.short, self.long, self.held, self.last = (
            f"{self.queue} {name}" for name in ("short", "long", "held", "last")
        )

    def send(self, order):
        charge.apply_async(
            [order], task_id=order, queue=self.queue, connection=self.connection
        )

    def worker(self, name, env):
        settings = {"task_acks_late": True, **self.settings}
        env = {
            **VERSIONS[self.version],
            **env,
            "CELERY_BROKER_URL": server.url,
            "SETTINGS": json.dumps(settings),
            "WORKER": name,
        }
        return Worker(SHOP, f"{FLAGS} --queues={self.queue}", env)

    def unacknowledged(self):
        entries = map(json.loads, broker.hvals("unacked"))
        return sum(queue == self.queue for _, _, queue in entries)

    # --8<-- [start:deploy]
    def deploy(self):
        with self.worker("old", self.remap) as old:
            for order in self.short, self.long, self.held:
                self.send(order)
            wait_until(lambda: started(self.short), PATIENCE)
            wait_until(lambda: started(self.long), PATIENCE)
            wait_until(lambda: self.unacknowledged() == 3, PATIENCE)
            old.shut_down("warm", wait=False)  # SIGTERM
            wait_until(lambda: self.waits_or_is_gone(old), PATIENCE)
            open_gate(self.short)
            if not self.remap:  # a warm shutdown waits for the long one, too
                wait_until(lambda: finished(self.short), PATIENCE)
                open_gate(self.long)
            old.wait_until_gone(PATIENCE)
        self.left = self.unacknowledged()
        for order in self.long, self.held, self.last:
            open_gate(order)
        self.send(self.last)
        with self.worker("new", {}) as new:
            wait_until(lambda: finished(self.last), PATIENCE)
            new.shut_down("warm")
    # --8<-- [end:deploy]

    def waits_or_is_gone(self, worker):
        log = worker.log()
        waits = "Initiating Soft" in log or "Warm shutdown" in log
        return waits or worker.process.poll() is not None

    def outcome(self, order):
        words = {
            (1, 0): "**lost**",
            (1, 1): "once",
            (2, 1): "cut off, then once",
        }[len(started(order)), len(finished(order))]
        error = charge.AsyncResult(order).result
        error = f" {type(error).__name__}" * isinstance(error, Exception)
        return f"{words} · `{state(order)}`{error}"

    def row(self):
        orders = self.short, self.long, self.held
        return (self.what, *map(self.outcome, orders), self.left)


def together(cases):
    """Versions that do the same are one row."""
    rows = {}
    for case in cases:
        rows.setdefault(case.row(), []).append(case.version)
    return [(what, ", ".join(v), *row) for (what, *row), v in rows.items()]


with Redis() as server:
    broker = server.client()
    cases = [Case(what, version) for what in CASES for version in VERSIONS]
    with ThreadPoolExecutor(5) as threads:
        list(threads.map(Case.deploy, cases))
    head = "settings", "Celery", "ends in time", "takes longer", "prefetched"
    table((*head, "left in `unacked`"), *together(cases))
