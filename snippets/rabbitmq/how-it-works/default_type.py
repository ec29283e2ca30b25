# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "httpx", "kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# timeout = 120
# ///
"""What Celery's defaults become where quorum is the node's default type."""

from broker import Node, plain
from celery import Celery

from acked.lab import table
from acked.services import Worker, wait_until

app = Celery("default_type")


@app.task
def ship(order):
    """Each run of it is one message."""


def main():
    # --8<-- [start:node]
    with Node(config="default_queue_type = quorum") as node:
        url = {"CELERY_BROKER_URL": node.url}
        with Worker(__file__, "--concurrency=1", url) as worker:
            with app.connection_for_write(node.url) as connection:
                ship.apply_async([7], connection=connection)
            wait_until(lambda: "succeeded" in worker.log(), 60)
            found = node.listed("queues")
            queues = {plain(q["name"]): q["type"] for q in found}
    # --8<-- [end:node]
    table(["queue", "type"], *sorted(queues.items()))


if __name__ == "__main__":
    main()
