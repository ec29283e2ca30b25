# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# environments = ["celery-5-4", "celery-5-6"]
# timeout = 240
# ///
"""The chain of parameterless tasks, on workers of three versions of Celery."""

import os
from multiprocessing import get_context

from celery import Celery, chain

from acked import environments
from acked.lab import record, table
from acked.services import Worker, wait_until

app = Celery("older")


@app.task
def task1():
    record.incr(f"{os.environ['VERSION']} task1")
    return 1


@app.task
def task2():
    record.incr(f"{os.environ['VERSION']} task2")
    return 2


@app.task
def task3():
    return 3


VERSIONS = {"5.4": "celery-5-4", "5.6": "celery-5-6", "5.7": ""}


def run(number):
    version = list(VERSIONS)[number - 1]
    broker = os.environ["REDIS_URL"].removesuffix("/0") + f"/{number}"
    os.environ["CELERY_BROKER_URL"] = app.conf.broker_url = broker
    env = {**os.environ, "VERSION": version}
    if VERSIONS[version]:
        env |= environments.variables(VERSIONS[version])
    flags = "--concurrency 1 --without-gossip --without-mingle"
    with Worker(__file__, flags, env):
        last = chain(task1.s(), task2.s(), task3.s())()
        wait_until(last.ready, 60)
        task1.delay().get(timeout=60)
    links = last.parent.parent, last.parent, last
    states = ", ".join(f"`{link.state}`" for link in links)
    runs = int(record.get(f"{version} task1") or 0) - 1
    return version, states, runs, record.get(f"{version} task2") or 0


def main():
    with get_context("fork").Pool(3, maxtasksperchild=1) as pool:
        rows = pool.map(run, [1, 2, 3], chunksize=1)
    head = "worker", "states", "runs of task1", "runs of task2"
    table(head, *rows)


if __name__ == "__main__":
    main()
