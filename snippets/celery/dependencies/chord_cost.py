# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["redis"]
# timeout = 240
# ///
"""What a chord costs the result backend: commands and keys, counted in Redis.

The results have a Redis of their own, and nobody waits for them.
"""

import os

from celery import Celery, chord, group

from acked.lab import finished, open_gate, record, table, work
from acked.services import Redis, Worker, wait_until

app = Celery("chord_cost")


@app.task
def part(name):
    work(name)


@app.task
def body(numbers, name):
    record.incr(f"{name} finished")


# --8<-- [start:workflows]
def run_group(name, size):
    group(part.s(name) for _ in range(size))()
    wait_until(lambda: finished(name) == size)


def run_chord(name, size):
    chord(part.s(name) for _ in range(size))(body.s(name))
    wait_until(lambda: finished(name) == size + 1)
# --8<-- [end:workflows]


def calls(server):
    """How often Redis was told to store a result, and to run a script."""
    with server.client() as client:
        stats = client.info("commandstats")
    names = "cmdstat_setex", "cmdstat_evalsha"
    return [stats.get(name, {"calls": 0})["calls"] for name in names]


def row(what, run, name, size, server):
    open_gate(name)
    before = calls(server)
    run(name, size)
    part.delay(name).get(timeout=60)  # what came before it has been stored
    after = calls(server)
    results, scripts = (b - a for a, b in zip(before, after, strict=True))
    return what, results - 1, scripts


def main():
    with Redis() as server:
        os.environ["CELERY_RESULT_BACKEND"] = server.url
        flags = "--concurrency 1 --without-gossip"
        with Worker(__file__, flags, dict(os.environ)):
            # The first chord also loads the scripts.
            row("", run_chord, "first", 2, server)
            rows = [
                row("group of 20", run_group, "group", 20, server),
                row("chord of 20 and its body", run_chord, "chord", 20, server),
            ]
    head = "in the result backend", "results stored", "scripts run"
    table(head, *rows)


if __name__ == "__main__":
    main()
