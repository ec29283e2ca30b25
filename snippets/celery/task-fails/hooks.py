# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# environments = ["celery-5-6"]
# timeout = 200
# ///
"""Who hears of a failure: on_failure, the signal, link_error."""

import os
import time
from concurrent.futures import ThreadPoolExecutor

from celery import Celery, Task
from celery.exceptions import Reject
from celery.signals import task_failure

from acked import environments
from acked.lab import note, runs, table
from acked.services import Worker, wait_until

app = Celery("hooks")


# --8<-- [start:hooks]
class Reported(Task):
    def on_failure(self, exc, task_id, args, kwargs, einfo):
        note(f"{args[0]} on_failure")


@task_failure.connect
def report(sender, task_id, args, **kwargs):
    note(f"{args[0]} task_failure")


@app.task
def errback(request, exc, traceback):
    note(f"{request.args[0]} link_error")
# --8<-- [end:hooks]


@app.task(base=Reported)
def raises(key):
    raise ConnectionRefusedError("the bank is down")


@app.task(
    base=Reported,
    autoretry_for=(OSError,),
    max_retries=2,
    default_retry_delay=0,
)
def retried(key):
    raise ConnectionRefusedError("the bank is down")


@app.task(base=Reported, time_limit=1)
def hard_limit(key):
    time.sleep(60)


@app.task(base=Reported, acks_late=True)
def rejected(key):
    raise Reject("not for me", requeue=False)


@app.task
def last(key):
    note(key)


TASKS = {
    raises: "exception",
    retried: "the same, 2 retries",
    hard_limit: "`time_limit`",
    rejected: "`Reject(requeue=False)`",
}
HOOKS = ["on_failure", "task_failure", "link_error"]
VERSIONS = {"5.7": {}, "5.6": environments.variables("celery-5-6")}


def calls(version):
    env = {**os.environ, **VERSIONS[version]}
    options = f"--concurrency=1 --without-gossip -Q {version}"
    sent = {}
    with Worker(__file__, options, env) as worker:
        for task in TASKS:
            sent[task] = task.apply_async(
                [f"{version} {task.__name__}"],
                queue=version,
                link_error=errback.s().set(queue=version),
            )
        for task in TASKS.keys() - {rejected}:
            wait_until(sent[task].ready, 60, f"{task.name} {version}")
        last.apply_async([f"{version} last"], queue=version)
        wait_until(lambda: runs(f"{version} last"))
        worker.shut_down("warm")
    return {task: summary(version, task, sent[task]) for task in TASKS}


def summary(version, task, result):
    key = f"{version} {task.__name__}"
    heard = [str(runs(f"{key} {hook}")) for hook in HOOKS]
    return [f"`{result.state}`", *heard]


def main():
    with ThreadPoolExecutor() as pool:
        found = dict(zip(VERSIONS, pool.map(calls, VERSIONS)))
    rows = []
    for task, label in TASKS.items():
        new, old = found["5.7"][task], found["5.6"][task]
        cells = [
            now if now == then else f"{now} (5.6: {then})"
            for now, then in zip(new, old)
        ]
        rows.append([label, *cells])
    table(["failure", "state", *(f"`{hook}`" for hook in HOOKS)], *rows)


if __name__ == "__main__":
    main()
