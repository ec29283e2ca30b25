# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis", "psycopg[binary]"]
#
# [tool.acked]
# services = ["redis", "rabbitmq", "postgresql"]
# timeout = 120
# ///
"""Four jobs; the process that runs the first is killed. What is left?"""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
from celery import Celery

from acked.lab import table
from acked.services import Program, Worker, wait_until
from shop import acknowledged, began, ended, open_gate, record, work

HERE = Path(__file__).resolve().parent
app = Celery("crash")
app.conf.update(json.loads(os.environ.get("SETTINGS", "{}")))
CREATE = """
    CREATE TABLE jobs (
        id bigint GENERATED ALWAYS AS IDENTITY, name text, priority int
    )"""


@app.task
def job(case, number):
    work(case, number, waits=number == "1")


def send(case, *jobs):
    """To the queue of this kind; the memory's are put by its own process."""
    if case == "list":
        record.lpush(f"{case} jobs", *jobs)
    elif case == "table":
        with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
            for number in jobs:
                connection.execute(
                    "INSERT INTO jobs (name, priority) VALUES (%s, 0)", [number]
                )
    elif case != "memory":
        for number in jobs:
            job.apply_async([case, number], queue=case)


def consumer(case, *jobs):
    if case in ("memory", "list", "table"):
        words = ["consumer.py", case, *(jobs if case == "memory" else [])]
        return Program(" ".join(words), HERE, "ready")
    settings = {"task_acks_late": case == "late"}
    env = {"SETTINGS": json.dumps(settings)}
    return Worker(__file__, f"--concurrency=1 -Q {case}", env)


# --8<-- [start:crash]
def outcome(case):
    jobs = ["1", "2", "3", "4"]
    send(case, *jobs)
    with consumer(case, *jobs) as first:
        wait_until(lambda: began(case))
        if case == "early":
            wait_until(lambda: acknowledged(app, case))
        first.kill()  # SIGKILL while it runs job 1
    open_gate(case)
    with consumer(case, "last"):
        send(case, "last")
        wait_until(lambda: "last" in ended(case))
    done = [job for job in jobs if job in ended(case)]
    begun_twice = [job for job in jobs if began(case).count(job) > 1]
    return len(done), 4 - len(done), len(begun_twice)
# --8<-- [end:crash]


CASES = {
    "memory": "`queue.Queue` in the process",
    "list": "Redis list and BRPOP, by hand",
    "table": "PostgreSQL table, SKIP LOCKED",
    "early": "RabbitMQ, Celery's defaults",
    "late": "RabbitMQ, Celery with `acks_late`",
}


def main():
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        connection.execute(CREATE)
    with ThreadPoolExecutor() as pool:
        outcomes = list(pool.map(outcome, CASES))
    head = ("queue", "sent", "executed", "lost", "started twice")
    rows = [(CASES[c], 4, *o) for c, o in zip(CASES, outcomes)]
    table(head, *rows)


if __name__ == "__main__":
    main()
