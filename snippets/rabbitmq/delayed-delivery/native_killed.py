# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["rabbitmq"]
# timeout = 150
# ///
"""Twenty tasks wait in the broker; the worker and the broker are killed."""

import os
import time

from celery import Celery

from acked.lab import note, record, runs, table
from acked.services import RabbitMQ, Worker, wait_until

app = Celery("native_killed")
app.conf.task_default_queue_type = "quorum"
app.conf.task_default_exchange_type = "topic"
app.conf.broker_transport_options = {"confirm_publish": True}
FLAGS = "--concurrency=1 --without-gossip --without-mingle"


@app.task
def remind(number, due):
    note(f"task {number}")
    if time.time() < due:
        record.incr("early")


def knows_quorum_queue(node, queue):
    """A young quorum queue is not in this file yet; not the matter here."""
    [directory] = (node.home / "data").glob("*/quorum/*/names.dets")
    return queue.encode() in directory.read_bytes()


def main():
    with RabbitMQ() as node:
        os.environ["CELERY_BROKER_URL"] = node.url
        env = dict(os.environ)
        names = [f"celery_delayed_{level}" for level in range(28)]
        # --8<-- [start:kill]
        with Worker(__file__, FLAGS, env) as worker:
            for name in [*names, "celery"]:
                wait_until(lambda name=name: knows_quorum_queue(node, name))
            due = time.time() + 12
            for number in range(20):
                remind.apply_async([number, due], countdown=12)
            worker.kill()
            node.kill()
        node.start()
        with Worker(__file__, FLAGS, env):
            wait_until(lambda: len(record.keys("task *")) == 20, 90)
            remind.delay("last", 0)
            wait_until(lambda: runs("task last"), 60)
        # --8<-- [end:kill]
    ran = [runs(f"task {number}") for number in range(20)]
    table(
        ["tasks that waited", "lost", "run twice", "too early"],
        [20, ran.count(0), sum(count > 1 for count in ran), runs("early")],
    )


if __name__ == "__main__":
    main()
