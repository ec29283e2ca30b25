# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 240
# ///
"""A state of our own, written before a task is sent."""

import os
import uuid

from celery import Celery
from celery.signals import before_task_publish

from acked.lab import open_gate, started, table, work
from acked.services import Worker, wait_until

app = Celery("sent")


# --8<-- [start:sent]
app.conf.task_track_started = True


@before_task_publish.connect
def note_sent(headers, **kwargs):
    if headers["retries"] == 0:  # a retry is published, too
        app.backend.store_result(headers["id"], None, "SENT")
# --8<-- [end:sent]


@app.task(bind=True, default_retry_delay=2)
def charge(self, name):
    work(name)
    if self.request.retries == 0:
        raise self.retry(exc=ConnectionError("service down"))


rows = [("what is true", "`state`", "`exists()`")]


def look(truth, task_id):
    result = app.AsyncResult(task_id)
    rows.append((truth, f"`{result.state}`", result.exists()))


def main():
    look("an id that we made up", str(uuid.uuid4()))
    sent = charge.delay("A")
    look("waits in the queue", sent.id)
    with Worker(__file__, "--concurrency 1", dict(os.environ)) as worker:
        wait_until(lambda: started("A"))
        look("runs", sent.id)
        open_gate("A")
        wait_until(lambda: sent.state == "RETRY")
        look("waits for its retry", sent.id)
        sent.get(timeout=60)
        look("succeeded", sent.id)
        lost = charge.delay("B")
        wait_until(lambda: started("B"))
        worker.kill()
    look("lost: its worker was killed", lost.id)
    table(*rows)


if __name__ == "__main__":
    main()
