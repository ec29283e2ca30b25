# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 240
# ///
"""RETRY without a retry: what a dying worker leaves behind."""

import os

from celery import Celery

from acked.lab import finished, open_gate, record, started, table, work
from acked.services import Worker, wait_until

app = Celery("left_behind")
app.conf.broker_transport_options = {
    "visibility_timeout": int(os.environ.get("VISIBILITY", 3600)),
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}


# --8<-- [start:tasks]
@app.task
def charge(name):
    work(name)


@app.task(bind=True)
def charge_later(self, name):
    if self.request.retries == 0:
        raise self.retry(exc=ConnectionError("service down"), countdown=1)
    work(name)
# --8<-- [end:tasks]


def worker(queue, visibility=3600):
    flags = f"--concurrency 1 --without-gossip --without-mingle -Q {queue}"
    env = {**os.environ, "VISIBILITY": str(visibility)}
    return Worker(__file__, flags, env)


rows = [("what is true", "`state`", "runs done")]


def look(truth, result, name):
    rows.append((truth, f"`{result.state}`", finished(name)))


def main():
    # --8<-- [start:cold]
    with worker("one") as first, worker("two") as second:
        running = charge.apply_async(["A"], queue="one")
        wait_until(lambda: started("A"))
        first.shut_down("cold")  # SIGQUIT
        retried = charge_later.apply_async(["B"], queue="two")
        wait_until(lambda: retried.state == "RETRY")
        wait_until(lambda: held_again(retried.id))
        second.kill()  # SIGKILL, while it holds the retry
    open_gate("A")
    open_gate("B")
    look("its worker is killed, the retry will come back", retried, "B")
    with worker("one,two", visibility=2):
        wait_until(retried.ready)
        look("the visibility timeout is over: it came back", retried, "B")
        open_gate("C")
        charge.apply_async(["C"], queue="one").get(timeout=60)
        wait_until(lambda: not record.exists("one", "two", "unacked"))
        look("cut off by a cold shutdown: lost", running, "A")
    # --8<-- [end:cold]
    table(*rows)


def held_again(task_id):
    """The second message of this task is in the worker, waiting for its ETA."""
    messages = record.hvals("unacked")
    return any(task_id in m and '"retries": 1' in m for m in messages)


if __name__ == "__main__":
    main()
