# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "httpx", "kombu", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["rabbitmq"]
# timeout = 300
# ///
"""Ten messages from publish to ack, with early and with late acks."""

import os

from celery import Celery

from acked.lab import finished, open_gate, started, table, work
from acked.services import RabbitMQ, Worker, wait_until

app = Celery("moments")


# --8<-- [start:tasks]
@app.task
def early(order):
    work(f"early {order}")  # waits until its gate is open


@app.task(acks_late=True)
def late(order):
    work(f"late {order}")
# --8<-- [end:tasks]


QUEUES = "early", "late"


def main():
    with RabbitMQ() as node:
        os.environ["CELERY_BROKER_URL"] = node.url
        url = {"CELERY_BROKER_URL": node.url}
        rows = []

        def workers():
            return [
                Worker(__file__, f"--concurrency=1 --queues={name}", url)
                for name in QUEUES
            ]

        def counted():
            columns = "name", "messages_ready", "messages_unacknowledged"
            options = "--no-table-headers", "--timeout", "60"
            listing = node.rabbitmqctl("list_queues", *columns, *options)
            found = dict(x.split("\t", 1) for x in listing.splitlines())
            return [found[name].replace("\t", " + ") for name in QUEUES]

        def note(moment, *expected):
            wait_until(lambda: counted() == [*expected], 90, moment)
            rows.append([moment, *expected])

        # --8<-- [start:moments]
        for order in range(10):
            early.apply_async([order], queue="early")
            late.apply_async([order], queue="late")
        note("10 sent, no worker", "10 + 0", "10 + 0")
        first, second = workers()
        with first, second:
            wait_until(lambda: started("early 0") and started("late 0"), 60)
            note("a worker runs the first", "5 + 4", "6 + 4")
            first.kill()
            second.kill()
            note("SIGKILL of the worker", "9 + 0", "10 + 0")
        for order in range(10):
            open_gate(f"early {order}")
            open_gate(f"late {order}")
        first, second = workers()
        with first, second:
            wait_until(lambda: finished("early 9") and finished("late 9"), 60)
            note("the next worker is done", "0 + 0", "0 + 0")
        # --8<-- [end:moments]
        for what, count in ("starts", started), ("ends", finished):
            found = [sum(count(f"{q} {n}") for n in range(10)) for q in QUEUES]
            rows.append([f"{what} of tasks, in all", *found])
        table(["moment", *QUEUES], *rows)


if __name__ == "__main__":
    main()
