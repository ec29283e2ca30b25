# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["redis"]
# timeout = 240
# ///
"""What is true of a task, and what AsyncResult says of it.

Broker and results in Redis. Each row is brought about for real.
"""

import os
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from celery import Celery
from celery.backends.redis import RedisBackend

from acked.lab import finished, open_gate, record, started, table, work
from acked.services import Redis, Worker, wait_until

app = Celery("pending")
app.conf.result_expires = int(os.environ.get("EXPIRES", 86400))


# --8<-- [start:tasks]
@app.task
def default(name):
    work(name)  # notes its start, waits for its gate, notes its end


@app.task(track_started=True)
def tracked(name):
    work(name)


@app.task(ignore_result=True)
def ignored(name):
    work(name)
# --8<-- [end:tasks]


rows = [("what is true", "`state`", "`exists()`", "`ready()`")]


# --8<-- [start:look]
def look(truth, task_id, backend=None):
    result = app.AsyncResult(task_id, backend=backend)
    rows.append((truth, f"`{result.state}`", result.exists(), result.ready()))
# --8<-- [end:look]


def begin(task, name, **options):
    """Send it and wait until it runs; its id."""
    sent = task.apply_async([name], **options)
    wait_until(lambda: started(name), 60, name)
    return sent.id


def run(name, **options):
    """Send it and wait until its result is stored; its id."""
    open_gate(name)
    sent = default.apply_async([name], **options)
    sent.get(timeout=60)
    return sent.id


def in_worker(task_id):
    """The message is out of the queue and not yet acknowledged."""
    return any(task_id in text for text in record.hvals("unacked"))


def before_and_while_it_runs():
    # --8<-- [start:before]
    look("an id that we made up", str(uuid.uuid4()))
    queued = default.apply_async(["A"], queue="nobody listens here")
    look("waits in the queue", queued.id)
    later = default.apply_async(["B"], countdown=3600)
    wait_until(lambda: in_worker(later.id))
    look("in a worker, waits for its ETA", later.id)
    one = begin(default, "C")
    two = begin(tracked, "D")  # the worker has two children: both are busy
    three = default.delay("E")
    wait_until(lambda: in_worker(three.id))
    look("in a worker, waits for a free child", three.id)
    look("runs", one)
    look("runs, `track_started`", two)
    # --8<-- [end:before]
    for name in "CDE":
        open_gate(name)


def when_it_is_over(small):
    # --8<-- [start:over]
    silent = begin(ignored, "F")
    open_gate("F")
    wait_until(lambda: finished("F"))

    done = run("G")
    look("succeeded", done)
    look("ran to its end, `ignore_result`", silent)
    app.AsyncResult(done).forget()
    look("succeeded, then `forget()`", done)

    done = run("H", queue="brief")  # a worker with result_expires = 1
    wait_until(lambda: not record.exists(f"celery-task-meta-{done}"))
    look("succeeded, then the result expired", done)
    # --8<-- [end:over]

    elsewhere = RedisBackend(url=small.url, app=app)
    # --8<-- [start:evicted]
    sent = default.apply_async(["I"], queue="cramped")  # its results: `small`
    open_gate("I")
    key = f"celery-task-meta-{sent.id}"
    with small.client() as client:
        wait_until(lambda: elsewhere.get_state(sent.id) == "SUCCESS")
        while client.exists(key):  # until Redis evicts it for lack of memory
            client.set(str(uuid.uuid4()), "x" * 10_000)
    look("succeeded, then the result was evicted", sent.id, elsewhere)
    # --8<-- [end:evicted]


def when_the_worker_dies(victim):
    # --8<-- [start:dies]
    one = begin(default, "J", queue="victim")
    two = begin(tracked, "K", queue="victim")
    victim.kill()  # SIGKILL to the parent and its children
    look("lost: its worker was killed", one)
    look("lost: its worker was killed, `track_started`", two)
    # --8<-- [end:dies]


def main():
    flags = "--without-gossip --without-mingle --concurrency"
    with (
        Redis("--maxmemory 4mb --maxmemory-policy allkeys-lru") as small,
        ThreadPoolExecutor() as pool,
        ExitStack() as stack,
    ):
        brief = {**os.environ, "EXPIRES": "1"}
        cramped = {**os.environ, "CELERY_RESULT_BACKEND": small.url}
        workers = [
            Worker(__file__, f"{flags} 2"),
            Worker(__file__, f"{flags} 1 -Q brief", brief),
            Worker(__file__, f"{flags} 1 -Q cramped", cramped),
            Worker(__file__, f"{flags} 2 -Q victim"),
        ]
        list(pool.map(stack.enter_context, workers))
        before_and_while_it_runs()
        when_it_is_over(small)
        when_the_worker_dies(workers[-1])
    table(*rows)


if __name__ == "__main__":
    main()
