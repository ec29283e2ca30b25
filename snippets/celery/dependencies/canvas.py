# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# worker = "--concurrency=2"
# timeout = 240
# ///
"""Ways to write a workflow: what Celery makes of each, counted in messages."""

from celery import Celery, chain, chord, group

from acked.lab import record, table
from acked.services import wait_until

app = Celery("canvas")


# --8<-- [start:tasks]
@app.task
def add(x, y):
    return x + y


@app.task
def total(numbers):
    return sum(numbers)


@app.task
def note(value):
    record.rpush("linked", value)
# --8<-- [end:tasks]


# --8<-- [start:written]
pairs = [(1, 1), (2, 2), (3, 3), (4, 4)]
WRITTEN = {
    "`chain(add.s(1, 1), add.s(2))`": chain(add.s(1, 1), add.s(2)),
    "the same with the pipe operator": add.s(1, 1) | add.s(2),
    "`group` of four": group(add.s(*pair) for pair in pairs),
    "`chord` of four": chord([add.s(*pair) for pair in pairs], total.s()),
    "`group` of four, pipe, `total.s()`": (
        group(add.s(*pair) for pair in pairs) | total.s()
    ),
    "`add.starmap(pairs)`": add.starmap(pairs),
    "`add.chunks(pairs, 2)`": add.chunks(pairs, 2),
    "`add.s(1, 1)` with `link=note.s()`": add.s(1, 1).set(link=note.s()),
}
# --8<-- [end:written]


def main():
    rows = [("written", "is a", "messages", "`get()`")]
    for text, workflow in WRITTEN.items():
        before = ran()
        result = workflow.apply_async()
        value = result.get(timeout=60)
        if "note" in text:
            wait_until(lambda: record.lrange("linked", 0, -1) == ["2"], 60)
        kind = type(workflow).__name__.strip("_")
        rows.append((text, kind, ran() - before, f"`{value}`"))
    table(*rows)


def ran():
    """How many task messages the worker has taken so far."""
    [stats] = app.control.inspect(limit=1).stats().values()
    return sum(stats["total"].values())


if __name__ == "__main__":
    main()
