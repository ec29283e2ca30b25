"""One task on its way; its broker comes from the environment."""

import os
import time

from celery import Celery
from redis import Redis

from acked.services import Worker, wait_until

app = Celery("journey")
gate = Redis.from_url(
    os.environ["REDIS_URL"], db=1, decode_responses=True, socket_timeout=None
)


# --8<-- [start:task]
@app.task
def add(x, y):
    gate.blmove("gate", "gate", timeout=0)  # the work: waits for the gate
    gate.set("done", time.time())
    return x + y
# --8<-- [end:task]


def running(task_id):
    """What the worker says of the task that it runs."""
    for requests in (app.control.inspect(timeout=1).active() or {}).values():
        for request in requests:
            if request["id"] == task_id and request["worker_pid"]:
                return request


def travel(monitor, was_sent, was_fetched, was_acknowledged):
    """Send one task, start a worker for it, and tell all that happened.

    The three functions say when the broker saw it, or nothing yet.
    """
    # --8<-- [start:travel]
    called = time.time()
    result = add.delay(2, 3)
    wait_until(was_sent, what="the message")
    asked, state = time.time(), result.state

    with Worker(__file__, "--concurrency=1") as worker:
        # --8<-- [end:travel]
        [acknowledged] = wait_until(was_acknowledged, what="the ack")
        request = wait_until(lambda: running(result.id), what="the task")
        child = request["worker_pid"]
        assert child in [process.pid for process in worker.pool()]
        assert child != worker.pid
        assert request["acknowledged"]
        time.sleep(0.5)  # the work takes its time
        open_at = time.time()
        gate.lpush("gate", "open")
        value = result.get(timeout=30)
        got = time.time()
    assert value == 5
    [sent], [fetched] = was_sent(), was_fetched()
    [stored] = monitor.find("SETEX celery-task-meta-", result.id)
    done = float(gate.get("done"))
    assert open_at < done
    return [
        (called, "producer", ".", "calls add.delay(2, 3)"),
        (sent, "broker", "+", "holds the message"),
        (asked, "producer", ".", f"has an id, reads {state}"),
        (fetched, "worker's parent", "+", "has the message"),
        (request["time_start"], "pool child", "+", "starts add(2, 3)"),
        (acknowledged, "worker's parent", "-", "acknowledges it"),
        (acknowledged, "broker", "-", "forgets the message"),
        (done, "pool child", "-", "returns 5"),
        (stored, "result backend", ".", "has the 5, from the child"),
        (got, "producer", ".", "get() returns 5"),
    ]


def show(events):
    first = min(events)[0]
    for at, lane, mark, text in sorted(events, key=lambda event: event[0]):
        print(f"{at - first:.2f}  {lane}  {mark}  {text}")
