# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# timeout = 120
# ///
"""Who makes which queue in RabbitMQ, and when."""

import os
import re

from celery import Celery

from acked.lab import table
from acked.services import RabbitMQ, Worker

app = Celery("rabbitmq_lists")
NO_HEADS = "--no-table-headers"
BINDING = ["source_name", "destination_name", "routing_key"]


# --8<-- [start:task]
@app.task
def ship(order):
    """Each run of it is one message."""
# --8<-- [end:task]


def plain(name):
    """A name without what differs between runs."""
    name = re.sub(r"worker-\w+@[^.]+", "worker@host", name)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "uuid", name)


def main():
    with RabbitMQ() as node:
        url = {"CELERY_BROKER_URL": node.url}
        os.environ.update(url)
        os.environ.pop("CELERY_RESULT_BACKEND", None)
        rows = []

        def show(after):
            columns = ["name", "type", "durable", "exclusive"]
            found = node.rabbitmqctl("list_queues", *columns, NO_HEADS)
            for line in sorted(map(plain, found.splitlines())):
                name, kind, durable, exclusive = line.split("\t")
                kind += ", durable" if durable == "true" else ""
                kind += ", exclusive" if exclusive == "true" else ""
                rows.append((after, f"`{name}`", kind))

        def show_bindings():
            found = node.rabbitmqctl("list_bindings", *BINDING, NO_HEADS)
            for line in sorted(map(plain, found.splitlines())):
                exchange, queue, *key = line.split("\t")
                if exchange and key:  # not the default exchange's own
                    what = f"from exchange `{exchange}`, key `{key[0]}`"
                    rows.append(("bindings, no worker yet", f"`{queue}`", what))

        # --8<-- [start:moments]
        show("start of the node")
        ship.delay(1)
        show("`delay()`, no worker yet")
        ship.apply_async([2], queue="celrey")  # a slip
        show('`queue="celrey"`')
        show_bindings()
        with Worker(__file__, "--concurrency=1", url):
            show("a worker has started")
        # --8<-- [end:moments]
    table(("after", "queues", "declared as"), *rows)


if __name__ == "__main__":
    main()
