# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu", "redis"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# services = ["redis"]
# timeout = 180
# ///
"""A task that is longer than consumer_timeout each time: what ends it?"""

import os
from time import sleep

from celery import Celery
from kombu import Connection, Queue

from acked.lab import note, record, runs, table
from acked.services import RabbitMQ, Worker, wait_until

TIMEOUT = 1  # s; 30 minutes by default
ENOUGH = 3

app = Celery("timeout_loop")
app.conf.task_acks_late = True
# --8<-- [start:loop]
app.conf.task_queues = [
    Queue(
        "celery",
        queue_arguments={
            "x-queue-type": "quorum",
            "x-delivery-limit": 1,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": "dead",
        },
    )
]


@app.task(bind=True)
def export(self):
    if record.incr("begun") > 1:
        record.rpush("headers", *(self.request.headers or {"none": ""}))
    sleep(3 * TIMEOUT)
    note("ended")
# --8<-- [end:loop]


def main():
    os.environ.pop("CELERY_BROKER_URL", None)  # it would beat what is given
    config = f"consumer_timeout = {TIMEOUT * 1000}\n"
    with RabbitMQ(config=config) as node, Connection(node.url) as connection:
        channel = connection.default_channel
        Queue("dead")(channel).declare()
        env = {**os.environ, "CELERY_BROKER_URL": node.url}
        with Worker(__file__, "--concurrency=1", env):
            with app.connection(node.url) as sender:
                export.apply_async(connection=sender)
            wait_until(lambda: runs("ended") >= ENOUGH, 120)
        dead = channel.queue_declare("dead", passive=True).message_count
    heads = ["sent", "runs ended", "`x-delivery-count`", "dead-lettered"]
    headers = record.lrange("headers", 0, -1)
    assert "x-acquired-count" in headers
    counted = "set" if "x-delivery-count" in headers else "not set"
    table(heads, [1, f"{ENOUGH}, and on", counted, dead])


if __name__ == "__main__":
    main()
