# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 120
# ///
"""A task raises: what the client, the broker and the log see of it."""

import os
import re

from celery import Celery

from acked.lab import note, record, runs
from acked.services import Worker

app = Celery("default")


# --8<-- [start:task]
@app.task
def charge(order, card):
    note(order)
    record.rpush("processes", os.getpid())
    return f"{order}: paid {100 / len(card)} per digit"
# --8<-- [end:task]


def refused(card):
    """The error that delay() itself raises: nothing was sent."""
    try:
        charge.delay("C", *card)
    except Exception as error:
        return f"{type(error).__name__}, messages: {record.llen('celery')}"


def main():
    print("delay() without an argument:", refused([]))
    print("delay() with a set as argument:", refused([{4, 2}]))
    with Worker(__file__, "--concurrency=1") as worker:
        # --8<-- [start:run]
        failed = charge.delay("A", card="")
        paid = charge.delay("B", card="4242")
        print("B:", paid.get(timeout=30))
        print("A:", failed.state, repr(failed.result), "runs:", runs("A"))
        # --8<-- [end:run]
        worker.shut_down("warm")
        log = worker.log()
    left = record.exists("celery", "unacked")
    same = len(set(record.lrange("processes", 0, -1))) == 1
    print("messages left:", left, " A and B in one process:", same)
    assert "ZeroDivisionError" in failed.traceback
    [line] = re.findall(r"ERROR.*unexpected.*", log)
    print(re.sub(r"/[^[]*\] Task (.*)\[[-0-9a-f]{36}\]", r": \1", line))


if __name__ == "__main__":
    main()
