# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 240
# ///
"""revoke(): what the state says then and at the end, and whether it ran.

Each case has a broker database of its own, so that only its own workers hear
the revoke.
"""

import os
import tempfile
import uuid
from multiprocessing import get_context
from pathlib import Path

from celery import Celery

from acked.lab import finished, open_gate, started, table, work
from acked.services import Worker, wait_until

app = Celery("revoke")
app.conf.worker_prefetch_multiplier = 1


@app.task
def default(name):
    work(name)


def worker(options=""):
    flags = f"--concurrency 1 --without-gossip {options}"
    return Worker(__file__, flags, dict(os.environ))


def begin(name):
    sent = default.delay(name)
    wait_until(lambda: started(name), 60, name)
    return sent


def heard(name, result):
    """The worker has noted the revoke and is done with it."""
    word = f"flagged as revoked: {result.id}"
    wait_until(lambda: word in name.log(), 60, word)


def run_what_is_left(name):
    """Returns when a task that was sent last has run."""
    open_gate(name)
    open_gate("the last one")
    default.delay("the last one").get(timeout=60)


def state_of(result):
    """Asks again: an AsyncResult keeps a REVOKED that it has once seen."""
    return app.AsyncResult(result.id).state


def row(what, before, result, name):
    return what, f"`{before}`", f"`{state_of(result)}`", finished(name)


# --8<-- [start:running]
def runs():
    with worker() as one:
        result = begin("A")
        result.revoke()
        heard(one, result)
        state = state_of(result)
        open_gate("A")
        result.get(timeout=60)
        return row("it runs", state, result, "A")


def runs_two_workers():
    with worker() as one, worker("-Q another") as two:
        result = begin("B")
        result.revoke()
        heard(one, result)
        heard(two, result)
        state = state_of(result)
        open_gate("B")
        wait_until(lambda: state_of(result) == "SUCCESS", 60, "B")
        return row("it runs, another worker is online", state, result, "B")
# --8<-- [end:running]


def terminated():
    with worker():
        result = begin("C")
        result.revoke(terminate=True)
        wait_until(result.ready, 60, "C")
        state = state_of(result)
        run_what_is_left("C")
        return row("it runs, `terminate=True`", state, result, "C")


def waits():
    with worker() as one:
        begin("keeps it busy")
        result = default.delay("D")
        result.revoke()
        heard(one, result)
        state = state_of(result)
        open_gate("keeps it busy")
        run_what_is_left("D")
        return row("it waits", state, result, "D")


def nobody_online():
    result = default.delay("E")
    result.revoke()
    state = state_of(result)
    with worker():
        run_what_is_left("E")
        return row("it waits, no worker is online", state, result, "E")


# --8<-- [start:restart]
def restart(name="F", what="it waits, then restart", options=""):
    with worker(options) as first:
        busy = f"{name}: keeps it busy"
        begin(busy)
        default.delay(busy)  # reserved, so the next one stays in the queue
        result = default.delay(name)
        result.revoke()
        heard(first, result)
        state = state_of(result)
        first.shut_down("warm", wait=False)
        wait_until(lambda: "Warm shutdown" in first.log(), 60, "its end")
        open_gate(busy)
        first.wait_until_gone()
    with worker(options):
        run_what_is_left(name)
        return row(what, state, result, name)
# --8<-- [end:restart]


def restart_statedb():
    with tempfile.TemporaryDirectory() as folder:
        options = f"--statedb {Path(folder) / 'revoked'}"
        return restart("G", "it waits, then restart, `--statedb`", options)


def restart_another():
    with worker("-Q another"):
        return restart("H", "it waits, then restart, another online")


def made_up():
    with worker() as one:
        result = app.AsyncResult(str(uuid.uuid4()))
        result.revoke()
        heard(one, result)
        return row("nobody ever sent this id", state_of(result), result, "I")


CASES = [
    runs,
    runs_two_workers,
    terminated,
    waits,
    nobody_online,
    restart,
    restart_statedb,
    restart_another,
    made_up,
]


def run(number):
    broker = os.environ["REDIS_URL"].removesuffix("/0") + f"/{number}"
    os.environ["CELERY_BROKER_URL"] = app.conf.broker_url = broker
    return CASES[number - 1]()


def main():
    # A process each: an app keeps its connections to its first broker.
    with get_context("fork").Pool(5, maxtasksperchild=1) as pool:
        rows = pool.map(run, range(1, len(CASES) + 1), chunksize=1)
    head = "`revoke()`, while", "state then", "state at the end", "runs done"
    table(head, *rows)


if __name__ == "__main__":
    main()
