# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# worker = "--concurrency=1"
# timeout = 240
# ///
"""revoke() on a chain: which id is it, and what becomes of the rest?"""

from celery import Celery, chain

from acked.lab import finished, open_gate, started, table, work
from acked.services import wait_until

app = Celery("revoke_chain")


@app.task
def step(name):
    work(name)


def state(result):
    return f"`{app.AsyncResult(result.id).state}`"


def begin(name):
    """Keep the only pool child busy."""
    step.delay(name)
    wait_until(lambda: started(name), 60, name)


def row(what, names, result):
    links = [result.parent.parent, result.parent, result]
    runs = " ".join(str(finished(name)) for name in names)
    return what, ", ".join(map(state, links)), runs


def main():
    # --8<-- [start:first]
    begin("busy")
    names = ["A1", "A2", "A3"]
    first = chain(step.si(name) for name in names)()
    first.parent.parent.revoke()  # the id of the first link
    # --8<-- [end:first]
    wait_until(lambda: state(first.parent.parent) == "`REVOKED`", 60)
    for name in ["busy", *names]:
        open_gate(name)
    begin("later")
    # --8<-- [start:last]
    others = ["B1", "B2", "B3"]
    last = chain(step.si(name) for name in others)()
    last.revoke()  # what a chain returns is its last link
    # --8<-- [end:last]
    wait_until(lambda: state(last) == "`REVOKED`", 60)
    for name in ["later", *others]:
        open_gate(name)
    wait_until(lambda: finished("B2"), 60)
    for name in ("end 1", "end 2"):  # nothing is left before these
        open_gate(name)
        step.delay(name).get(timeout=60)
    table(
        ("`revoke()` of", "states of the links", "runs of the links"),
        row("the first link", names, first),
        row("what the chain returns", others, last),
    )


if __name__ == "__main__":
    main()
