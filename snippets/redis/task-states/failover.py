# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# starts = ["redis"]
# timeout = 150
# ///
"""The result backend fails over while a worker waits for its answer."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from celery import Celery, chain
from celery.states import READY_STATES

from acked.lab import finished, note, open_gate, runs, started, table, work
from acked.services import Proxy, Redis, Worker, wait_until

app = Celery("failover")
app.conf.update(json.loads(os.environ.get("SETTINGS", "{}")))


# --8<-- [start:tasks]
@app.task(track_started=True)
def charge(order):
    work(order)  # ends when its gate is opened
    return order


@app.task
def ship(order):
    note(f"{order} shipped")


@app.task
def refund(request, error, traceback):
    note(f"{request.id} refunded")
# --8<-- [end:tasks]


# --8<-- [start:cases]
CASES = {
    "defaults": {},
    "always retry": {"result_backend_always_retry": True},
}
# --8<-- [end:cases]


FLAGS = "--concurrency=1 --without-mingle --without-gossip -Q"
EFFECTS = "shipped", "refunded"


def unread(server):
    """Whether a request lies in the server's socket, not yet read."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, _, state, queues, *_ = line.split()
        port, established = int(local.split(":")[1], 16), state == "01"
        if established and port == server.port and queues[-8:] != "0" * 8:
            return True
    return False


def state(server, order):
    with Celery("reader", backend=server.url) as client:
        return client.AsyncResult(order).state


def send(order, queue):
    steps = charge.s(order).set(task_id=order, link_error=refund.s()), ship.s()
    chain(*steps).apply_async(queue=queue)


# --8<-- [start:failover]
def fail_over(primary, replica, endpoint, order):
    wait_until(lambda: state(replica, order) == "STARTED")
    primary.freeze()  # its machine hangs
    open_gate(order)
    wait_until(lambda: finished(order) and unread(primary))
    replica.cli("REPLICAOF", "NO", "ONE")
    endpoint.target = replica.port
    primary.kill()
# --8<-- [end:failover]


def row(case):
    queue = case.replace(" ", "-")
    with Redis() as primary, Proxy(primary.port) as endpoint:
        settings = CASES[case] | {"task_default_queue": queue}
        env = {
            **os.environ,
            "CELERY_RESULT_BACKEND": f"redis://127.0.0.1:{endpoint.port}/0",
            "SETTINGS": json.dumps(settings),
        }
        options = f"{FLAGS} {queue}"
        with Redis(f"--replicaof 127.0.0.1 {primary.port}") as replica:
            with Worker(__file__, options, env):
                send(case, queue)
                wait_until(lambda: started(case), 60)
                fail_over(primary, replica, endpoint, case)
                wait_until(lambda: runs(f"{case} shipped"), 60)
                wait_until(lambda: state(replica, case) in READY_STATES, 60)
            # The worker has ended: what was to come has come.
            at_end = f"`{state(replica, case)}`"
            counts = [finished(case)]
            counts += [runs(f"{case} {what}") for what in EFFECTS]
            return case, at_end, *counts


def main():
    os.environ.pop("CELERY_RESULT_BACKEND", None)
    with ThreadPoolExecutor() as threads:
        rows = list(threads.map(row, CASES))
    head = ("settings", "state of `charge`", "`charge` executed")
    table((*head, "`ship` executed", "`refund` called"), *rows)


if __name__ == "__main__":
    main()
