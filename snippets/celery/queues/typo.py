# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 90
# ///
"""A slip in the name of a queue: with the default, and with it forbidden."""

import os

from celery import Celery
from celery.exceptions import QueueNotFound

from acked.services import Redis, Worker, wait_until

app = Celery("typo")


# --8<-- [start:task]
@app.task
def ship(order):
    """Runs only where a worker fetches it."""
# --8<-- [end:task]


def main():
    with Redis() as server:
        url = {"CELERY_BROKER_URL": server.url}
        os.environ.update(url)
        os.environ.pop("CELERY_RESULT_BACKEND", None)
        waiting = server.client().llen
        # --8<-- [start:typo]
        with Worker(__file__, "--concurrency=1", url) as worker:
            ship.apply_async([1], queue="celrey")
            ship.apply_async([2], queue="celery")
            wait_until(lambda: "succeeded" in worker.log())
            print("celery:", waiting("celery"), "celrey:", waiting("celrey"))
        strict = Celery("strict", set_as_current=False)
        strict.conf.task_create_missing_queues = False
        try:
            strict.send_task(ship.name, [3], queue="celrey")
        except QueueNotFound as error:
            print("QueueNotFound:", error)
        # --8<-- [end:typo]


if __name__ == "__main__":
    main()
