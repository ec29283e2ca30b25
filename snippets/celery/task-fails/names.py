# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# environments = ["celery-5-6"]
# timeout = 200
# ///
"""acks_on_failure_or_timeout, and what took its place in Celery 5.7."""

import os
import time
from concurrent.futures import ThreadPoolExecutor

from celery import Celery
from kombu import Queue

from acked import environments
from acked.lab import note, runs, table
from acked.services import Worker, wait_until

app = Celery("names")


# --8<-- [start:tasks]
@app.task(acks_late=True, acks_on_failure_or_timeout=False)
def old_name(key, fails):
    work(key, fails)


@app.task(acks_late=True, acks_on_failure=False, acks_on_timeout=False)
def new_names(key, fails):
    work(key, fails)
# --8<-- [end:tasks]


def work(key, fails):
    if note(key) > 1:
        return
    if fails == "raises":
        raise ConnectionRefusedError("the bank is down")
    time.sleep(60)


TASKS = [old_name, new_names]
FAILS = ["raises", "hits `time_limit`"]
VERSIONS = {"5.6": environments.variables("celery-5-6"), "5.7": {}}
CASES = [
    (version, task, fails)
    for version in VERSIONS for task in TASKS for fails in FAILS
]


def queue(case):
    version, task, fails = case
    return f"{version}-{task.__name__}-{FAILS.index(fails)}"


app.conf.task_queues = [
    Queue(
        queue(case),
        queue_arguments={
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": f"dead-{queue(case)}",
        },
    )
    for case in CASES
]


def run(version):
    mine = [case for case in CASES if case[0] == version]
    options = f"--concurrency=2 -Q {','.join(map(queue, mine))}"
    env = {**os.environ, **VERSIONS[version]}
    with Worker(__file__, options, env) as worker:
        channel = app.connection_for_write().default_channel
        for case in mine:
            Queue(f"dead-{queue(case)}").bind(channel).declare()
            _, task, fails = case
            limit = None if fails == "raises" else 1
            name = queue(case)
            result = task.apply_async(
                [name, fails], queue=name, time_limit=limit
            )
            wait_until(result.ready, 60, name)
        worker.shut_down("warm")
    return {case: fate(channel, queue(case)) for case in mine}


def fate(channel, name):
    if channel.basic_get(f"dead-{name}", no_ack=True):
        return "dead letter"
    if runs(name) > 1 or channel.basic_get(name, no_ack=True):
        return "put back"
    return "acknowledged"


def main():
    found = {}
    with ThreadPoolExecutor() as pool:
        for part in pool.map(run, VERSIONS):
            found.update(part)
    rows = [
        [f"`{label}`", *(
            found[version, task, fails]
            for version in VERSIONS for fails in FAILS
        )]
        for task, label in (
            (old_name, "acks_on_failure_or_timeout=False"),
            (new_names, "acks_on_failure=False, acks_on_timeout=False"),
        )
    ]
    heads = [f"{version}: {fails}" for version in VERSIONS for fails in FAILS]
    table(["with `acks_late`", *heads], *rows)


if __name__ == "__main__":
    main()
