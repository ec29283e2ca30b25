# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# worker = "--concurrency=1"
# timeout = 240
# ///
"""Chains: what is passed on, and what becomes of the rest when a link fails."""

from celery import Celery, chain

from acked.lab import record, table
from acked.services import wait_until

app = Celery("chains")


# --8<-- [start:tasks]
@app.task
def task1():
    return 1


@app.task
def task2():
    return 2


@app.task
def task3():
    return 3


@app.task
def add(x, y):
    return x + y


@app.task
def fail(x):
    raise ValueError(f"cannot use {x}")


@app.task
def last(x):
    record.incr("last")
    return x


@app.task
def errback(request, exc, traceback):
    record.rpush("errback", f"{request.task}: {exc!r}")


@app.task
def errback_old(task_id):
    record.rpush("errback_old", task_id)
# --8<-- [end:tasks]


rows = [("chain", "states of its links", "what the last one says")]


def look(text, result):
    """The last link is what a chain returns; each link knows its parent."""
    wait_until(result.ready, 60, text)
    # The last link may get its state before the one in the middle. The only
    # pool child takes this task when it is done with the chain.
    add.delay(1, 1).get(timeout=60)
    links = [result]
    while links[0].parent:
        links.insert(0, links[0].parent)
    states = ", ".join(f"`{link.state}`" for link in links)
    end = result.result
    if isinstance(end, Exception):
        end = f"{type(end).__name__}: {end}"
    rows.append((text, states, f"`{end}`"))
    return links


def main():
    # --8<-- [start:source]
    as_found = chain(task1.s(), task2.s(), task3.s())()
    immutable = chain(task1.si(), task2.si(), task3.si())()
    partial = chain(add.s(2, 3), add.s(4), add.s(5))()
    # --8<-- [end:source]
    look("`chain(task1.s(), task2.s(), task3.s())`", as_found)
    look("`chain(task1.si(), task2.si(), task3.si())`", immutable)
    look("`chain(add.s(2, 3), add.s(4), add.s(5))`", partial)
    # --8<-- [start:fails]
    whole = chain(add.s(2, 3), last.s())()
    broken = chain(add.s(2, 3), fail.s(), last.s())
    result = broken.apply_async(link_error=[errback.s(), errback_old.s()])
    # --8<-- [end:fails]
    look("`chain(add.s(2, 3), last.s())`", whole)
    links = look("`chain(add.s(2, 3), fail.s(), last.s())`", result)
    wait_until(lambda: record.llen("errback_old"), 60)
    wait_until(lambda: record.llen("errback"), 60)
    # A task that is sent later has run, so nothing more is to come.
    add.delay(1, 1).get(timeout=60)
    who = {link.id: f"link {n}" for n, link in enumerate(links, 1)}
    old = [who[task_id] for task_id in record.lrange("errback_old", 0, -1)]
    runs = record.get("last")
    new = record.lrange("errback", 0, -1)
    table(
        *rows,
        ("*runs of `last` in both chains together*", runs, ""),
        ("*`errback` got*", "; ".join(new), ""),
        ("*`errback_old` got the id of*", ", ".join(old), ""),
    )


if __name__ == "__main__":
    main()
