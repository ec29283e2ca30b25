# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# timeout = 240
# ///
"""One task of a chord's header fails: what becomes of the body?

Broker RabbitMQ, results in Redis. Each header has two tasks that succeed.
"""

import os
import signal

from celery import Celery, chord

from acked.lab import open_gate, record, started, table, work
from acked.services import Worker, wait_until

app = Celery("chord_fails")
app.conf.worker_prefetch_multiplier = 1


# --8<-- [start:tasks]
@app.task
def add(x, y):
    return x + y


@app.task
def fail(name):
    raise ValueError("no such order")


@app.task
def early(name):
    record.set(f"{name} pid", os.getpid())
    work(name)
    return 1


@app.task(acks_late=True)
def late(name):
    early.run(name)
    return 1


@app.task(acks_late=True, reject_on_worker_lost=True)
def late_reject(name):
    early.run(name)
    return 1


@app.task(ignore_result=True)
def silent(name):
    return 1


@app.task
def body(numbers, name):
    record.incr(f"{name} body")
    return sum(numbers)


@app.task
def errback(request, exc, traceback, name):
    record.rpush(f"{name} errback", f"{request.task}: {type(exc).__name__}")
# --8<-- [end:tasks]


FLAGS = "--without-gossip --without-mingle"


# --8<-- [start:chord]
def send(task, name, queue="celery"):
    header = [add.s(1, 1), add.s(2, 2), task.s(name)]
    callback = body.s(name).on_error(errback.s(name))
    for signature in (*header, callback):
        signature.set(queue=queue)
    return chord(header)(callback)
# --8<-- [end:chord]


def the_parent_knows(name):
    """Killed before, its child may count as one that had taken nothing."""

    def known():
        return name in str(app.control.inspect().active())

    wait_until(lambda: started(name), 60, name)
    wait_until(known, 60, name)


def kill_child(name):
    the_parent_knows(name)
    os.kill(int(record.get(f"{name} pid")), signal.SIGKILL)


SILENT = "has `ignore_result`"
CHILD, LATE_CHILD = "child killed, early ack", "child killed, `acks_late`"
REJECT = "the same with `reject_on_worker_lost`"
WORKER, LATE_WORKER = "worker killed, early ack", "worker killed, `acks_late`"


def row(name, result):
    chord_error = app.AsyncResult(result.id).result
    if isinstance(chord_error, Exception):
        chord_error = type(chord_error).__name__
    try:
        got = repr(result.get(timeout=2))
    except Exception as error:
        got = type(error).__name__
    errbacks = ", ".join(record.lrange(f"{name} errback", 0, -1)) or "-"
    runs = int(record.get(f"{name} body") or 0)
    state = f"`{result.state}` {chord_error}"
    return name, runs, state, got, errbacks


def main():
    sent = {}
    with (
        Worker(__file__, f"{FLAGS} --concurrency 4"),
        Worker(__file__, f"{FLAGS} --concurrency 4 -Q victim") as victim,
    ):
        # --8<-- [start:sent]
        sent["raises"] = send(fail, "raises")
        sent[SILENT] = send(silent, SILENT)
        sent[CHILD] = send(early, CHILD)
        kill_child(CHILD)
        sent[LATE_CHILD] = send(late, LATE_CHILD)
        kill_child(LATE_CHILD)
        sent[REJECT] = send(late_reject, REJECT)
        kill_child(REJECT)
        sent[WORKER] = send(early, WORKER, "victim")
        sent[LATE_WORKER] = send(late, LATE_WORKER, "victim")
        the_parent_knows(WORKER)
        the_parent_knows(LATE_WORKER)
        wait_until(lambda: parts_done(sent[WORKER], sent[LATE_WORKER]), 60)
        victim.kill()
        # --8<-- [end:sent]
        for name in (REJECT, WORKER, LATE_WORKER):
            open_gate(name)
        # A worker that ends between a part and its body would lose the body.
        for name, result in sent.items():
            if name not in (WORKER, LATE_WORKER):
                wait_until(result.ready, 60, name)
    with Worker(__file__, f"{FLAGS} --concurrency 2 -Q celery,victim"):
        wait_until(sent[LATE_WORKER].ready, 60, LATE_WORKER)
        add.apply_async([1, 1], queue="victim").get(timeout=60)
    head = (
        "a task of the header …",
        "runs of the body",
        "state and result of the chord",
        "`get()`",
        "errback got",
    )
    table(head, *(row(*item) for item in sent.items()))


def parts_done(*results):
    """The other two tasks of these headers have succeeded, and are counted.

    A chord counts a task after its result is stored: killed in between, the
    body would never run.
    """
    parts = [part for result in results for part in result.parent.results[:2]]
    succeeded = all(part.state == "SUCCESS" for part in parts)
    return succeeded and add.name not in str(app.control.inspect().active())


if __name__ == "__main__":
    main()
