# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# worker = "--concurrency=5"
# timeout = 240
# ///
"""The first run of a task is killed, or raises: which setting runs it again?"""

import os
import signal

from celery import Celery

from acked.lab import record, table
from acked.services import wait_until

app = Celery("first_run")


# --8<-- [start:work]
def work(order, first_run):
    if record.incr(order) > 1:
        return
    record.blpop(f"{order}: the parent knows")
    if first_run == "is killed":
        os.kill(os.getpid(), signal.SIGKILL)  # what the OOM killer does
    raise ConnectionError("the payment service is down")
# --8<-- [end:work]


# --8<-- [start:tasks]
@app.task
def default(order, first_run):
    work(order, first_run)


@app.task(acks_late=True)
def late(order, first_run):
    work(order, first_run)


@app.task(acks_late=True, autoretry_for=(Exception,), default_retry_delay=0)
def late_autoretry(order, first_run):
    work(order, first_run)


@app.task(acks_late=True, reject_on_worker_lost=True)
def late_reject(order, first_run):
    work(order, first_run)


@app.task(retry_on_worker_lost=True, default_retry_delay=0)  # Celery 5.7
def early_retry(order, first_run):
    work(order, first_run)
# --8<-- [end:tasks]


TASKS = {
    default: "default: early ack",
    late: "`acks_late`",
    late_autoretry: "`acks_late`, `autoretry_for=(Exception,)`",
    late_reject: "`acks_late`, `reject_on_worker_lost`",
    early_retry: "`retry_on_worker_lost` (5.7)",
}
FIRST_RUN = ["is killed", "raises"]


def let_them_go_on(sent):
    """Each as soon as the worker's parent knows that its child has it.

    Killed before that, it may have taken nothing in the parent's eyes, and
    another child gets the task.
    """
    waiting = {result.id: order for order, result in sent.values()}

    def all_known():
        replies = app.control.inspect(limit=1).active() or {}
        for request in sum(replies.values(), []):
            if order := waiting.pop(request["id"], None):
                record.rpush(f"{order}: the parent knows", 1)
        return not waiting

    wait_until(all_known, 120)


def outcome(order, result):
    wait_until(result.ready)
    runs = int(record.get(order))
    text = f"{runs} run{'s' * (runs > 1)} · `{result.state}`"
    if result.failed():
        text += f" {type(result.result).__name__}"
    return text


def main():
    sent = {}
    for task in TASKS:
        for what in FIRST_RUN:
            order = f"{task.__name__} {what}"
            sent[task, what] = order, task.delay(order, what)
    let_them_go_on(sent)
    outcomes = {case: outcome(*sent[case]) for case in sent}
    wait_until(lambda: not record.exists("celery", "unacked"))
    rows = [
        (name, *(outcomes[task, what] for what in FIRST_RUN))
        for task, name in TASKS.items()
    ]
    table(("task options", "its child is killed", "it raises"), *rows)


if __name__ == "__main__":
    main()
