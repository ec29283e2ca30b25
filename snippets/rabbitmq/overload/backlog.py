# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["rabbitmq"]
# timeout = 180
# ///
"""Ten tasks and a worker that is busy: what each look at the queue says."""

import json
import os

from celery import Celery

from acked.lab import open_gate, runs, started, table, work
from acked.services import RabbitMQ, Worker, wait_until

os.environ.pop("CELERY_RESULT_BACKEND", None)
# --8<-- [start:app]
app = Celery("backlog")
app.conf.task_acks_late = True


@app.task
def ship(order):
    work("ship")  # until the gate is open
# --8<-- [end:app]


# --8<-- [start:looks]
def declared():
    with app.connection() as connection:
        declare = connection.default_channel.queue_declare
        return declare("celery", passive=True).message_count


def listed(node):
    columns = ["messages", "messages_ready", "messages_unacknowledged"]
    words = ["list_queues", "--formatter", "json", "name", *columns]
    [row] = [
        queue
        for queue in json.loads(node.rabbitmqctl(*words))
        if queue["name"] == "celery"
    ]
    return [row[column] for column in columns]
# --8<-- [end:looks]


def main():
    with RabbitMQ() as node:
        os.environ["CELERY_BROKER_URL"] = node.url
        with Worker(__file__, "--concurrency=1"):
            for order in range(10):
                ship.delay(order)
            wait_until(lambda: started("ship") and declared() == 6, 60)
            wait_until(lambda: listed(node) == [10, 6, 4], 30)
            everything, ready, unacked = listed(node)
            said = declared()
            open_gate("ship")
            wait_until(lambda: runs("ship finished") == 10, 60)
    table(
        ["look", "says"],
        ["passive declare", said],
        ["`messages_ready`", ready],
        ["`messages_unacknowledged`", unacked],
        ["`messages`", everything],
    )


if __name__ == "__main__":
    main()
