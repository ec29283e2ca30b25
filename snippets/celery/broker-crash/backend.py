# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu", "redis", "sqlalchemy", "psycopg"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# starts = ["redis", "postgresql"]
# timeout = 240
# ///
"""The result backend dies while a task runs; the broker does not."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event

from celery import Celery

from acked.lab import record
from acked.services import PostgreSQL, Redis, Worker, wait_until

app = Celery("backend")
app.conf.update(json.loads(os.environ.get("SETTINGS", "{}")))
FLAGS = "--concurrency=1 --without-mingle --without-gossip -Q"

# --8<-- [start:settings]
late = {"task_acks_late": True}
always = {
    "result_backend_always_retry": True,
    "result_backend_max_sleep_between_retries_ms": 500,
}
# --8<-- [end:settings]


# --8<-- [start:task]
@app.task
def charge(order):
    record.incr(order)
    if order.endswith("running"):
        record.blpop(f"{order}: go on")
# --8<-- [end:task]


CASES = [
    ("Redis, no persistence", "defaults", {}),
    ("Redis, AOF", "defaults", {}),
    ("Redis, AOF", "`acks_late`", late),
    ("Redis, AOF", "always retry", always),
    ("PostgreSQL", "defaults", {}),
    ("PostgreSQL", "`acks_late`", late),
    ("PostgreSQL", "always retry", always),
]


class Case:
    def __init__(self, number, url):
        self.backend, self.words, settings = CASES[number]
        self.queue, self.url = f"shop{number}", url
        self.polls = self.backend == "PostgreSQL"  # so it meets the outage
        env = {
            **os.environ,
            "CELERY_RESULT_BACKEND": url,
            "SETTINGS": json.dumps(settings),
        }
        self.worker = Worker(__file__, f"{FLAGS} {self.queue}", env)
        self.sender = Celery("sender", backend=url)
        self.waiting = Event()

    def start(self):
        self.worker.start()
        self.results = {name: self.send(name) for name in ("done", "running")}
        wait_until(lambda: self.results["done"].state == "SUCCESS", 60)
        wait_until(lambda: self.runs("running"), 60)
        self.send("next")

    def send(self, name):
        task, order = "backend.charge", f"{self.queue} {name}"
        return self.sender.send_task(task, [order], queue=self.queue)

    def runs(self, name):
        return int(record.get(f"{self.queue} {name}") or 0)

    # --8<-- [start:get]
    def get(self):
        try:
            waiting = self.waiting.set
            self.results["running"].get(timeout=20, on_interval=waiting)
            return "returns"
        except Exception as error:
            return f"`{type(error).__name__}`"
    # --8<-- [end:get]

    def while_down(self):
        """The running task ends; the worker gets to the next one, or not."""
        record.rpush(f"{self.queue} running: go on", 1)
        if self.words == "always retry" and "Redis" in self.backend:
            tries = "Failed operation _store_result. Retrying"
            wait_until(lambda: self.worker.log().count(tries) >= 3, 60)
        else:
            wait_until(lambda: self.runs("next"), 60)
        self.went_on = "yes" if self.runs("next") else "**no**"

    def row(self):
        self.worker.shut_down("warm")
        with self.sender.connection_for_read() as connection:
            channel = connection.default_channel
            left = channel.queue_declare(self.queue, passive=True)
        fresh = Celery("fresh", backend=self.url)
        states = [
            f"`{fresh.AsyncResult(self.results[name].id).state}`"
            for name in ("done", "running")
        ]
        cells = [self.backend, self.words, *states, self.runs("running")]
        cells += [self.went_on, self.said, left.message_count]
        return f"| {' | '.join(map(str, cells))} |"


def main():
    volatile, aof = Redis('--save ""'), Redis('--save "" --appendonly yes')
    postgresql = PostgreSQL()
    backends = [volatile, aof, postgresql]
    with ExitStack() as stack, ThreadPoolExecutor(14) as threads:
        for backend in backends:
            stack.enter_context(backend)
        database = postgresql.database_url("postgres")
        urls = {
            "Redis, no persistence": volatile.url,
            "Redis, AOF": aof.url,
            "PostgreSQL": database.replace("://", "+psycopg://"),
        }
        urls["PostgreSQL"] = f"db+{urls['PostgreSQL']}"
        cases = [Case(n, urls[words[0]]) for n, words in enumerate(CASES)]
        for case in cases:
            stack.push(case.worker)
        os.environ.pop("CELERY_RESULT_BACKEND")  # it beats Celery(backend=)
        list(threads.map(Case.start, cases))
        # --8<-- [start:crash]
        calls = [threads.submit(case.get) for case in cases]
        wait_until(lambda: all(case.waiting.is_set() for case in cases), 60)
        for backend in backends:
            backend.kill()
        list(threads.map(Case.while_down, cases))
        polls = [c for case, c in zip(cases, calls) if case.polls]
        wait_until(lambda: all(call.done() for call in polls), 60)
        for backend in backends:
            backend.start()
        # --8<-- [end:crash]
        for case, call in zip(cases, calls):
            case.said = call.result()
        rows = list(threads.map(Case.row, cases))
    print(
        "| backend | settings | done before | running | executed "
        "| next task begun | waiting `get()` | left in the queue |"
    )
    print("|---|---|---|---|--:|---|---|--:|")
    print(*rows, sep="\n")


if __name__ == "__main__":
    main()
