# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "httpx", "kombu", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["rabbitmq"]
# timeout = 180
# ///
"""Who repeats what: the broker a delivery, Celery a publish."""

import os

from broker import Node
from celery import Celery

from acked.lab import finished, note, open_gate, runs, started, table, work
from acked.services import Worker, wait_until

app = Celery("repeats")


# --8<-- [start:tasks]
@app.task(acks_late=True)
def raises():
    note("raises")
    raise ValueError("no such order")


@app.task(
    acks_late=True,
    autoretry_for=[ValueError],
    retry_kwargs={"max_retries": 2, "countdown": 0},
)
def retries():
    note("retries")
    raise ValueError("no such order")


@app.task(acks_late=True)
def killed():
    note("killed")
    work("order")  # until its gate is open
# --8<-- [end:tasks]


def main():
    with Node() as node, node.traced() as traces:
        url = {"CELERY_BROKER_URL": node.url}
        os.environ.update(url)
        os.environ.pop("CELERY_RESULT_BACKEND", None)
        # --8<-- [start:drive]
        with Worker(__file__, "--concurrency=1", url) as worker:
            raises.delay()
            retries.delay()
            wait_until(lambda: runs("retries") == 3, 60)
            killed.delay()
            wait_until(lambda: started("order"), 60)
            worker.kill()
        open_gate("order")
        with Worker(__file__, "--concurrency=1", url):
            wait_until(lambda: finished("order"), 60)
        # --8<-- [end:drive]
        found = traces()
        rows = []
        for task in raises, retries, killed:
            own = [t for t in found if name_of(t) == task.name]
            deliveries = [t for t in own if is_delivery(t)]
            again = sum(bool(t.headers["redelivered"]) for t in deliveries)
            published = len(own) - len(deliveries)
            name = task.__name__
            rows.append([name, published, len(deliveries), again, runs(name)])
        head = "task", "published", "delivered", "of these again", "runs"
        table(head, *rows)


def name_of(trace):
    return trace.headers["properties"].get("headers", {}).get("task")


def is_delivery(trace):
    return trace.delivery_info["routing_key"].startswith("deliver.")


if __name__ == "__main__":
    main()
