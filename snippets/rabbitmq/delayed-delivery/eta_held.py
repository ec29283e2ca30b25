# /// script
# requires-python = ">=3.12"
# dependencies = ["amqp", "celery[redis]", "kombu", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# starts = ["rabbitmq"]
# environments = ["bookworm", "trixie"]
# timeout = 200
# ///
"""Fifty ETA tasks in a classic queue, on three versions: who holds them?"""

import os
import time

from amqp_wire import on_each_version
from celery import Celery
from kombu import Connection

from acked.lab import note, runs, table
from acked.services import Worker, wait_until

app = Celery("eta_held")
ROOM = 4  # prefetch of one process


@app.task
def remind(key):
    note(key)


# --8<-- [start:send]
def send(connection, name):
    for _ in range(50):
        remind.apply_async(
            ["later"], countdown=3600, connection=connection
        )
    remind.apply_async([f"now on {name}"], connection=connection)
# --8<-- [end:send]


def on(url):
    worker = Worker(
        __file__,
        "--concurrency=1 --without-gossip --without-mingle",
        {**os.environ, "CELERY_BROKER_URL": url},
    )
    with worker, Connection(url) as connection:
        channel = connection.default_channel
        name = channel.connection.server_properties["version"]

        def ready():
            return channel.queue_declare("celery", passive=True).message_count

        send(connection, name)
        if name.startswith("4"):
            wait_until(lambda: ready() == 51 - ROOM, 60, name)
            time.sleep(5)  # nothing may follow
        else:
            wait_until(lambda: runs(f"now on {name}"), 60, name)
            wait_until(lambda: ready() == 0, 60, f"{name}: empty")
        ran = "yes" if runs(f"now on {name}") else "no"
        return [name, 51 - ready() - runs(f"now on {name}"), ready(), ran]


def main():
    table(
        ["RabbitMQ, classic queue", "held by the worker", "in the queue",
         "the task for now ran"],
        *on_each_version(on),
    )


if __name__ == "__main__":
    main()
