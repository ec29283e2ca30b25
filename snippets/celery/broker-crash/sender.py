# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu"]
#
# [tool.acked]
# starts = ["redis", "rabbitmq"]
# timeout = 180
# ///
"""What `.delay()` does while its broker is down or frozen; attempts counted."""

import os
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import count
from threading import get_ident

from celery import Celery
from kombu.exceptions import OperationalError

from acked.lab import table
from acked.services import RabbitMQ, Redis

PATIENCE = 20

# --8<-- [start:cases]
no_retry = {"task_publish_retry": False}
policy = {"task_publish_retry_policy": {"max_retries": 0}}
timeout = {"broker_transport_options": {"socket_timeout": 1}}
confirms = {"broker_transport_options": {"confirm_publish": True}}
patient = {"broker_connection_timeout": 60}  # by default 4 s
CASES = {
    "Redis": {
        "defaults": {},
        "`max_retries` 0": policy,
        "no publish retry": no_retry,
        "`socket_timeout` 1 s": timeout,
    },
    "RabbitMQ": {
        "defaults": {},
        "`max_retries` 0": policy,
        "no publish retry": no_retry,
        "confirms": confirms,
        "`broker_connection_timeout` 60 s": patient,
    },
}
# --8<-- [end:cases]
attempts = Counter()
numbers = count()


def count_attempts(event, arguments):
    if event == "socket.connect":
        attempts[get_ident()] += 1


# --8<-- [start:attempt]
def attempt(task):
    attempts[get_ident()] = 0
    try:
        task.delay("second")
        return "returns"
    except OperationalError:
        return f"`OperationalError`, attempts: {attempts[get_ident()]}"
# --8<-- [end:attempt]


def ship(order):
    """The task; no worker runs it here."""


def prepare(server, settings):
    """One sender with an open connection, and one without.

    Each has a database or virtual host of its own, for senders of one process
    share their connections to one address.
    """
    tasks = []
    for name in ("in use", "first"):
        number = next(numbers)
        if isinstance(server, Redis):
            url = f"{server.url[:-1]}{number}"
        else:
            url = server.vhost_url(f"sender{number}")
        app = Celery(name, broker=url)
        app.conf.update(settings)
        tasks.append(app.task(ship, name="ship"))
    tasks[0].delay("first")
    return tasks


def answer(call):
    return call.result() if call.done() else "hangs"


def main():
    sys.addaudithook(count_attempts)
    vhosts = [f"sender{number}" for number in range(36)]
    with RabbitMQ(vhosts) as rabbitmq, Redis("--databases 36") as redis:
        rows = []
        for what in ("down", "frozen"):
            servers = {"Redis": redis, "RabbitMQ": rabbitmq}
            senders = {
                (name, case): prepare(servers[name], settings)
                for name, cases in CASES.items()
                for case, settings in cases.items()
            }
            for server in servers.values():
                server.kill() if what == "down" else server.freeze()
            pool = ThreadPoolExecutor(2 * len(senders))
            calls = {
                key: [pool.submit(attempt, task) for task in tasks]
                for key, tasks in senders.items()
            }
            wait(sum(calls.values(), []), timeout=PATIENCE)
            for (name, case), (used, first) in calls.items():
                said = answer(used), answer(first)
                rows.append((f"{name} is {what}", case, *said))
            if what == "down":
                for server in servers.values():
                    server.start()
    head = "broker", "settings", "connection in use", "first connection"
    table(head, *rows)
    sys.stdout.flush()
    os._exit(0)  # nobody waits for what hangs


if __name__ == "__main__":
    main()
