# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["redis", "valkey"]
# timeout = 400
# ///
"""One slow command, and everybody who uses the same Redis."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ.pop("CELERY_BROKER_URL", None)  # each case has its own

from celery import Celery
from redis import TimeoutError as NoAnswer
from shop import environment, mail, runs

from acked.lab import table
from acked.services import Redis, Valkey, Worker, wait_until

SHOP = Path(__file__).with_name("shop.py")
DEBUG = "--enable-debug-command local"


def stands_still(broker):
    try:
        with broker.client(socket_timeout=0.5, retry=None) as client:
            return not client.ping()
    except NoAnswer:
        return True


def brpops(broker):
    """How often an idle worker has asked for a task and got none."""
    return broker.client().info("commandstats")["cmdstat_brpop"]["calls"]


# --8<-- [start:busy]
def while_busy(broker, other, slow):
    """Send to three places while a command takes six seconds."""
    places = {
        "the same queue": (broker.url, "celery"),
        "another queue": (broker.url, "urgent"),
        "another database": (broker.url[:-1] + "1", "celery"),
        "another instance": (other.url, "celery"),
    }
    command = threads.submit(slow.execute_command, "DEBUG SLEEP", 6)
    wait_until(lambda: stands_still(broker))
    calls = {}
    for place, (url, queue) in places.items():
        order = f"{broker.name}, {place}"
        task = Celery("shop", broker=url).signature(mail.name, [order])
        calls[place] = threads.submit(task.apply_async, queue=queue)
    calls["another instance"].result()
    answered = {place: call.done() for place, call in calls.items()}
    assert not command.done()
    return answered


# --8<-- [end:busy]


def answers(server_type):
    with server_type(DEBUG) as broker, server_type() as other:
        options = "--concurrency=1 --queues=celery,urgent"
        with Worker(SHOP, options, environment(broker)) as worker:
            wait_until(lambda: brpops(broker) >= 3)
            slow = broker.client(socket_timeout=None)
            answered = while_busy(broker, other, slow)
            for place in ("the same queue", "another queue"):
                order = f"{broker.name}, {place}"
                wait_until(lambda order=order: runs("mail", order))
            assert "lost" not in worker.log()
            assert "ERROR" not in worker.log()
    return answered


threads = ThreadPoolExecutor()


def main():
    columns = [answers(server_type) for server_type in (Redis, Valkey)]
    rows = [
        (place, *("answers" if one[place] else "waits" for one in columns))
        for place in columns[0]
    ]
    table(("`.delay()` to", "Redis", "Valkey"), *rows)


if __name__ == "__main__":
    main()
