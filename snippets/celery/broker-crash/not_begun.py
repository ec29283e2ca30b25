# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "psycopg[binary]", "redis", "sqlalchemy"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# starts = ["redis", "postgresql"]
# timeout = 240
# ///
"""The result backend is down when a task is to begin: does it run at all?

The broker, RabbitMQ, is up. Each case has a worker with one pool process.
"""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from celery import Celery
from kombu import Connection

from acked.lab import note, runs, table
from acked.services import PostgreSQL, Redis, Worker, wait_until

app = Celery("not_begun")
app.conf.update(json.loads(os.environ.get("SETTINGS", "{}")))
FLAGS = "--concurrency=1 --without-mingle --without-gossip -Q"


# --8<-- [start:task]
@app.task
def charge(order):
    note(order)
# --8<-- [end:task]


# --8<-- [start:cases]
tracked = {"task_track_started": True}
late = {"task_acks_late": True}
always = {"result_backend_always_retry": True}
CASES = {
    "defaults": {},
    "`task_track_started`": tracked,
    "`task_track_started`, `acks_late`": tracked | late,
    "`task_track_started`, always retry": tracked | always,
}
# --8<-- [end:cases]


class Case:
    def __init__(self, backend, words):
        self.backend, self.words = backend, words
        self.queue = f"{backend}-{list(CASES).index(words)}"
        self.env = {
            "CELERY_RESULT_BACKEND": URLS[backend],
            "SETTINGS": json.dumps(CASES[words]),
        }
        self.worker = Worker(__file__, f"{FLAGS} {self.queue}", self.env)

    def send(self, name):
        # The sender has no backend: it is not to meet the outage itself.
        with Connection(os.environ["CELERY_BROKER_URL"]) as connection:
            charge.apply_async(
                [f"{self.queue} {name}"],
                task_id=f"{self.queue}-{name}",
                queue=self.queue,
                connection=connection,
            )

    def runs(self, name):
        return runs(f"{self.queue} {name}")

    def before(self):
        self.worker.start()
        self.send("before")
        wait_until(lambda: self.is_over("before"), 60)

    # --8<-- [start:down]
    def while_down(self):
        for order in "A", "B", "C":
            self.send(order)
        wait_until(lambda: self.failed_to_store() or self.retries(), 60)
        self.executed = sum(map(self.runs, "ABC"))

    def afterwards(self):
        self.send("last")
        wait_until(lambda: self.runs("last"), 60)  # one process: they are over
        wait_until(lambda: self.is_over("last"), 60)
        self.worker.shut_down("warm")
        self.in_the_end = sum(map(self.runs, "ABC"))
    # --8<-- [end:down]

    def failed_to_store(self):
        """Each of the three has failed to store its end."""
        return self.worker.log().count("Pool callback raised exception") == 3

    def is_over(self, name):
        """Its end is stored; the parent knows, and has acknowledged it."""
        return f"{self.queue}-{name}] succeeded" in self.worker.log()

    def retries(self):
        """The first of the three asks the backend again and again."""
        return "Retrying inf more times" in self.worker.log()

    def row(self):
        with Connection(os.environ["CELERY_BROKER_URL"]) as connection:
            channel = connection.default_channel
            left = channel.queue_declare(self.queue, passive=True)
        runs = f"{self.executed} of 3", f"{self.in_the_end} of 3"
        return self.backend, self.words, *runs, left.message_count


if __name__ == "__main__":
    os.environ.pop("CELERY_RESULT_BACKEND")  # it would win over the workers'
    with ExitStack() as stack, ThreadPoolExecutor(8) as threads:
        redis = stack.enter_context(Redis("--appendonly yes"))
        postgresql = stack.enter_context(PostgreSQL())
        database = postgresql.url.replace("://", "+psycopg://")
        URLS = {"Redis": redis.url, "PostgreSQL": f"db+{database}"}
        # Its tables are made once, not by four workers at a time.
        Celery(backend=URLS["PostgreSQL"]).backend.ResultSession().close()
        cases = [Case(backend, words) for backend in URLS for words in CASES]
        for case in cases:
            stack.push(case.worker)
        list(threads.map(Case.before, cases))
        redis.kill()
        postgresql.kill()
        list(threads.map(Case.while_down, cases))
        redis.start()
        postgresql.start()
        list(threads.map(Case.afterwards, cases))
        head = "result backend", "settings", "executed meanwhile"
        more = "executed in the end", "left in the queue"
        table((*head, *more), *map(Case.row, cases))
