# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 120
# ///
"""A retry with no delay overtakes the attempt that asked for it."""

import os
import signal

import psutil
from celery import Celery
from celery.signals import after_task_publish

from acked.lab import record, table
from acked.services import Worker, wait_until

app = Celery("late_retry")


# --8<-- [start:task]
@app.task(bind=True, max_retries=1)
def charge(self, order, works):
    record.incr(order)
    if self.request.retries == 0 or not works:
        raise self.retry(exc=ConnectionError("refused"), countdown=0)


@after_task_publish.connect
def pause(sender, headers, **_):
    """The kernel may give the processor to somebody else just here."""
    if headers["retries"] == 1:
        record.set("paused", os.getpid())
        os.kill(os.getpid(), signal.SIGSTOP)
# --8<-- [end:task]


# --8<-- [start:look]
def late(order, works):
    result = charge.delay(order, works)
    wait_until(result.ready)
    before, runs = result.state, record.get(order)
    psutil.Process(int(record.getdel("paused"))).resume()
    with app.connection_for_read() as connection:
        wait_until(lambda: idle(connection))
    return runs, before, app.AsyncResult(result.id).state
# --8<-- [end:look]


def idle(connection):
    """Both attempts are acknowledged and no message is left."""
    control = app.control.inspect(connection=connection)
    busy = control.active() or {"nobody answered": True}
    return not any(busy.values()) and not record.exists("celery", "unacked")


def main():
    rows = [("second attempt", "runs", "state", "then the first goes on")]
    with Worker(__file__, "--concurrency 2"):
        for order, works in ("fails", False), ("succeeds", True):
            runs, before, after = late(order, works)
            rows.append((order, runs, f"`{before}`", f"`{after}`"))
    table(*rows)


if __name__ == "__main__":
    main()
