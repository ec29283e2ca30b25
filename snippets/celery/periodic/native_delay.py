# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["rabbitmq"]
# timeout = 150
# ///
"""Fifty tasks for the next hour on a quorum queue: the broker holds them."""

import os
import subprocess
import sys
import time

from celery import Celery

from acked.lab import note, runs, table
from acked.services import RabbitMQ, Worker, wait_until

# --8<-- [start:settings]
app = Celery("native_delay")
app.conf.task_default_queue_type = "quorum"
app.conf.task_default_exchange_type = os.environ.get("EXCHANGE", "topic")


@app.task
def remind(key):
    note(key)
# --8<-- [end:settings]


# --8<-- [start:send]
def send():
    for _ in range(50):
        remind.apply_async(["later"], countdown=3600)
    remind.apply_async(["soon"], countdown=3)
    remind.delay("now")
# --8<-- [end:send]


def counts(node):
    """Held by the worker; waiting in `celery`; in `celery_delayed_*`."""
    listing = node.rabbitmqctl(
        "list_queues", "name", "messages_unacknowledged", "messages_ready"
    )
    rows = [line.split("\t") for line in listing.splitlines()]
    return (
        sum(int(held) for _, held, _ in rows),
        sum(int(ready) for name, _, ready in rows if name == "celery"),
        sum(
            int(ready)
            for name, _, ready in rows
            if name.startswith("celery_delayed_")
        ),
    )


def on_direct_exchange():
    """The same without the topic exchange: who holds the fifty?"""
    with RabbitMQ() as node:
        env = {"CELERY_BROKER_URL": node.url, "EXCHANGE": "direct"}
        with Worker(__file__, "--concurrency=1", {**os.environ, **env}) as one:
            command = [sys.executable, __file__, "send"]
            subprocess.run(command, env={**os.environ, **env}, check=True)
            wait_until(lambda: sum(counts(node)) == 52, 60, "all of them")
            assert "do not support direct exchanges" in one.log()
            time.sleep(5)  # that nothing runs is seen only by waiting
            held, waiting, delayed = counts(node)
            ran = f"{runs('now')}, {runs('soon')}"
    assert held < 10 and waiting > 40, (held, waiting)
    return ["quorum queue, direct exchange", delayed, "fewer than 10", ran]


def main():
    direct = on_direct_exchange()
    with RabbitMQ() as node:
        os.environ["CELERY_BROKER_URL"] = node.url
        with Worker(__file__, "--concurrency=1", dict(os.environ)) as first:
            send()
            wait_until(lambda: runs("now") and runs("soon"), 60, "the two")
            wait_until(lambda: counts(node) == (0, 0, 50), 30, "the fifty")
            first.kill()
            after = counts(node)
    assert runs("later") == 0
    table(
        ["50 tasks for the next hour", "in `celery_delayed_*`",
         "held by the worker", "one for now, one in 3 s: runs"],
        direct,
        ["quorum queue, topic exchange", 50, 0,
         f"{runs('now')}, {runs('soon')}"],
        ["the worker gets SIGKILL", after[2], after[0], ""],
    )


if __name__ == "__main__":
    send() if sys.argv[1:] == ["send"] else main()
