# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["rabbitmq", "redis"]
# timeout = 120
# ///
"""A task that is longer than the heartbeat allows, in two pools of Celery."""

from contextlib import ExitStack
from time import sleep

from celery import Celery

from acked.lab import note, runs, table
from acked.services import Worker, wait_until

app = Celery("busy_pool")
# --8<-- [start:task]
app.conf.broker_heartbeat = 2  # s; 120 by default


@app.task(acks_late=True)
def export(pool):
    note(f"{pool} started")
    sleep(10)
    note(f"{pool} finished")
# --8<-- [end:task]


LOST = "Connection to broker lost"


def main():
    workers = {}
    with ExitStack() as stack:
        for pool in ("prefork", "solo"):
            flags = f"--concurrency=1 --pool={pool} --queues={pool}"
            worker = Worker(__file__, f"{flags} --without-mingle")
            workers[pool] = stack.enter_context(worker)
            export.apply_async([pool], queue=pool)
        wait_until(lambda: runs("solo started") > 1, 60)
        wait_until(lambda: runs("prefork finished"), 60)
        assert LOST in workers["solo"].log()
        assert LOST not in workers["prefork"].log()
    table(
        ["pool", "sent", "started", "its connection"],
        ["prefork", 1, runs("prefork started"), "stays"],
        ["solo", 1, "2 and on", "is lost"],
    )


if __name__ == "__main__":
    main()
