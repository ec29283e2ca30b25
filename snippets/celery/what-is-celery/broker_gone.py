# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]"]
#
# [tool.acked]
# starts = ["redis", "rabbitmq"]
# timeout = 180
# ///
"""delay() with the broker gone: what comes back, and how long does it take?"""

import os
import socket
import time
from concurrent.futures import ThreadPoolExecutor

from celery import Celery
from kombu.exceptions import OperationalError

from acked.lab import table
from acked.services import RabbitMQ, Redis

os.environ.pop("CELERY_BROKER_URL", None)  # each case has its own broker


def send_mail():
    """Never runs: there is no worker."""


# --8<-- [start:send]
def view(task, retry):
    try:
        task.apply_async(retry=retry)
    except OperationalError as error:
        return type(error).__name__
    return "response"
# --8<-- [end:send]


def gone(kind, has_sent, retry):
    """What the view answers without a broker, and after how many seconds."""
    with kind() as broker:
        app = Celery("broker_gone", broker=broker.url, set_as_current=False)
        task = app.task(send_mail)
        if has_sent:
            assert view(task, retry) == "response"
        broker.kill()
        with nobody_else(broker.port):
            began = time.monotonic()
            answer = view(task, retry)
            return answer, time.monotonic() - began


def nobody_else(port):
    """Keeps another server from taking the dead one's port: refuses, too."""
    keeper = socket.socket()
    keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    keeper.bind(("127.0.0.1", port))
    return keeper


def row(case):
    name, kind, process, has_sent = case
    default, patient = gone(kind, has_sent, retry=True)
    without, seconds = gone(kind, has_sent, retry=False)
    told = "sooner" if seconds < patient else "**later**"
    return [name, process, f"`{default}`", f"`{without}`", told]


def main():
    kinds = {"Redis": Redis, "RabbitMQ": RabbitMQ}
    processes = {"has sent before": True, "never sent before": False}
    cases = [
        (name, kind, process, has_sent)
        for name, kind in kinds.items()
        for process, has_sent in processes.items()
    ]
    head = ["broker", "the process", "default", "`retry=False`"]
    head += ["`retry=False` gives up"]
    with ThreadPoolExecutor() as pool:
        table(head, *pool.map(row, cases))


if __name__ == "__main__":
    main()
