# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# worker = "--concurrency=4"
# timeout = 240
# ///
"""Every state that a worker writes, each one really brought about."""

import os
import signal
import time

from celery import Celery
from celery.exceptions import Ignore, Reject

from acked.lab import open_gate, record, started, table, work
from acked.services import wait_until

app = Celery("outcomes")


# --8<-- [start:tasks]
@app.task
def add(x, y):
    return x + y


@app.task
def fail():
    raise ValueError("no such order")


@app.task
def too_slow():
    time.sleep(3600)


@app.task
def killed(name):
    record.incr(f"{name} started")
    record.blpop(f"{name} the parent knows")
    os.kill(os.getpid(), signal.SIGKILL)  # as the kernel's OOM killer does


@app.task
def not_json():
    return {1, 2}


@app.task(bind=True, default_retry_delay=2)
def twice(self):
    if self.request.retries == 0:
        raise self.retry(exc=ConnectionError("service down"))
    work("second try")


@app.task(bind=True)
def copy_files(self):
    self.update_state(state="PROGRESS", meta={"done": 3, "of": 10})
    work("copy")


@app.task
def ignore():
    record.incr("ignore started")
    raise Ignore


@app.task
def reject():
    raise Reject("not for me", requeue=False)


@app.task(bind=True)
def own_word(self):
    self.update_state(state="SKIPPED", meta={"why": "weekend"})
    raise Ignore
# --8<-- [end:tasks]


rows = [("what happened", "`state`", "`result`", "`ready()`")]


def look(what, result):
    value = result.result
    if isinstance(value, Exception):
        value = type(value).__name__
    rows.append((what, f"`{result.state}`", f"`{value}`", result.ready()))


def ended(what, result):
    wait_until(result.ready, 60, what)
    look(what, result)


def let_it_die(name, sent):
    """Once the worker's parent knows that this child runs it."""

    def known():
        replies = app.control.inspect(limit=1).active() or {}
        return sent.id in [task["id"] for task in sum(replies.values(), [])]

    wait_until(lambda: started(name), 60)
    wait_until(known, 60)
    record.rpush(f"{name} the parent knows", 1)


def main():
    died = killed.delay("killed")
    let_it_die("killed", died)
    # --8<-- [start:sent]
    ended("returned", add.delay(2, 3))
    ended("raised", fail.delay())
    ended("hard time limit", too_slow.apply_async(time_limit=1))
    ended("soft time limit", too_slow.apply_async(soft_time_limit=1))
    ended("pool child killed", died)
    ended("returned what JSON cannot hold", not_json.delay())
    ended("worker knows no such task", app.send_task("shop.tasks.gone"))
    ended("too late: `expires`", add.apply_async([2, 3], expires=-1))
    # --8<-- [end:sent]
    # --8<-- [start:under_way]
    again = twice.delay()
    wait_until(lambda: again.state == "RETRY")
    look("raised, waits for its retry", again)
    wait_until(lambda: started("second try"))
    look("the retry runs", again)
    open_gate("second try")
    ended("the retry returned", again)

    copy = copy_files.delay()
    wait_until(lambda: started("copy"))
    look("`update_state`, still runs", copy)
    open_gate("copy")
    ended("`update_state`, then returned", copy)
    # --8<-- [end:under_way]
    left = ignore.delay(), reject.delay(), own_word.delay()
    wait_until(lambda: started("ignore"))
    wait_until(lambda: left[2].state != "PENDING")
    ended("`raise Reject(requeue=False)`", left[1])
    look("`raise Ignore`", left[0])
    look("`update_state`, then `raise Ignore`", left[2])
    table(*rows)


if __name__ == "__main__":
    main()
