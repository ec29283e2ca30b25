# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 240
# ///
"""Events tell more than states: a real receiver beside the result backend."""

import os
import threading
import uuid

from celery import Celery

from acked.lab import open_gate, table, work
from acked.services import Worker, wait_until

app = Celery("events")
@app.task
def charge(name):
    work(name)


# --8<-- [start:receiver]
state = app.events.State()
told = []
watched = str(uuid.uuid4())


def note(event):
    state.event(event)
    if event.get("uuid") == watched:
        seen = state.tasks[watched].state
        result = app.AsyncResult(watched)
        told.append((event["type"], seen, result.state))


def listen():
    with app.connection_for_read() as connection:
        receiver = app.events.Receiver(connection, handlers={"*": note})
        receiver.capture()
# --8<-- [end:receiver]


def known(event):
    return event in [type_ for type_, _, _ in told]


def main():
    threading.Thread(target=listen, daemon=True).start()
    with Worker(__file__, "--concurrency 1 -E", dict(os.environ)):
        wait_until(lambda: state.workers, 60, "a heartbeat of the worker")
        # --8<-- [start:sent]
        charge.delay("keeps the only child busy")
        charge.apply_async(["watched"], task_id=watched)
        wait_until(lambda: known("task-received"))
        open_gate("keeps the only child busy")
        wait_until(lambda: known("task-started"))
        open_gate("watched")
        wait_until(lambda: known("task-succeeded"))
        # --8<-- [end:sent]
    rows = [[f"`{cell}`" for cell in line] for line in told]
    table(("event", "state from events", "`AsyncResult.state`"), *rows)


if __name__ == "__main__":
    main()
