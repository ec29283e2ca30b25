# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# starts = ["redis"]
# timeout = 150
# ///
"""What the client sees; RabbitMQ, the broker, is up all the time."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from cases import Case
from celery import Celery
from kombu import Queue

from acked.lab import open_gate, table
from acked.services import Redis, wait_until

# --8<-- [start:short]
short = {"retry_policy": {"max_retries": 2}}
# --8<-- [end:short]
threads = ThreadPoolExecutor()


def ship():
    """The task; no worker runs it here."""


def client_of(server, queue="nobody", **settings):
    app = Celery("client", backend=server.url)
    app.conf.update(task_default_queue=queue, **settings)
    app.task(ship, name="ship", shared=False)
    app.task(ship, name="silent", shared=False, ignore_result=True)
    return app


def answer(call, **options):
    """What comes back, or is raised."""
    try:
        value = call(**options)
    except Exception as error:
        return f"`{type(error).__name__}`"
    return f"`{value}`" if isinstance(value, str) else "returns"


def sent(app):
    """How many messages are in its queue."""
    with app.connection_for_write() as connection:
        queue = Queue(app.conf.task_default_queue)
        return queue(connection).queue_declare().message_count


def attempt(server, task):
    app = client_of(server, task, result_backend_transport_options=short)
    said = answer(app.tasks[task].delay)
    if said == "returns":
        wait_until(lambda: sent(app))
    return said, sent(app)


def waiting(case, server, what, **settings):
    """A get() that waits already."""
    began = Event()
    app = client_of(server, **settings)
    result = app.AsyncResult(case.order(what))
    options = {"timeout": 30, "on_interval": began.set}
    call = threads.submit(answer, result.get, **options)
    wait_until(began.is_set)
    return call


def get(result):
    return answer(result.get, timeout=2)


def state(result):
    return answer(lambda: result.state)


def main():
    with Redis() as back, Redis() as down, Redis() as frozen:
        case = Case("client", back.url)
        with case.worker:
            open_gate(case.begin("done"))
            case.has_state("done", "SUCCESS")
            running = case.begin("running")
            # --8<-- [start:waits]
            options = {"result_backend_transport_options": short}
            waits = waiting(case, back, "running")
            waits_in_vain = waiting(case, down, "running", **options)
            case.crash(back)
            down.kill()
            back.start()
            open_gate(running)
            case.has_state("running", "SUCCESS")
            # --8<-- [end:waits]
            # --8<-- [start:asks]
            lost = client_of(back).AsyncResult(case.order("done"))
            unread = client_of(down).AsyncResult("any")
            settings = {"redis_socket_timeout": 1}
            unanswered = client_of(frozen, **settings).AsyncResult("any")
            unheard = client_of(frozen, **settings, **options).AsyncResult("x")
            frozen.freeze()
            silent = attempt(down, "silent")
            rows = [
                ("`get()` that waited", "up again", waits.result(), ""),
                ("`get()` of a lost result", "up again", get(lost), ""),
                ("`get()` that waited", "down", waits_in_vain.result(), ""),
                ("`state`", "down", state(unread), ""),
                ("`state`, socket timeout", "frozen", state(unanswered), ""),
                ("`get(timeout=2)`, the same", "frozen", get(unheard), ""),
                ("`delay()`", "down", *attempt(down, "ship")),
                ("`delay()` of a task with `ignore_result`", "down", *silent),
            ]
            # --8<-- [end:asks]
    table(("the client", "Redis", "outcome", "messages sent"), *rows)
    sys.stdout.flush()
    os._exit(0)  # result objects would try to reach the dead Redis


if __name__ == "__main__":
    main()
