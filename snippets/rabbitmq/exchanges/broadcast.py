# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "kombu", "redis"]
#
# [tool.acked]
# services = ["rabbitmq", "redis"]
# timeout = 90
# ///
"""One task for all workers, another for one of them."""

import os

from celery import Celery
from kombu import Queue
from kombu.common import Broadcast

from acked.lab import note, runs, table
from acked.services import Worker, wait_until

# --8<-- [start:app]
app = Celery("broadcast")
app.conf.task_queues = [Queue("celery"), Broadcast("all")]


@app.task
def forget_cache():
    note("forget_cache")


@app.task
def ship():
    note("ship")
# --8<-- [end:app]


def main():
    os.environ.pop("CELERY_RESULT_BACKEND", None)
    with Worker(__file__, "--concurrency=1"), Worker(__file__, "-c 1"):
        # --8<-- [start:send]
        forget_cache.apply_async(queue="all")
        ship.delay()
        # --8<-- [end:send]
        wait_until(lambda: runs("forget_cache") == 2 and runs("ship") == 1, 60)
    table(
        ["sent", "workers", "runs"],
        ["`forget_cache`", 2, runs("forget_cache")],
        ["`ship`", 2, runs("ship")],
    )


if __name__ == "__main__":
    main()
