# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# worker = "--concurrency=2"
# timeout = 240
# ///
"""Groups: how parallel, what get() does, and what can be found again."""

from celery import Celery, group
from celery.exceptions import TimeoutError
from celery.result import GroupResult

from acked.lab import finished, open_gate, record, started, work
from acked.services import wait_until

app = Celery("groups")


@app.task
def wait(name):
    work(name)


@app.task
def double(x):
    return 2 * x


@app.task
def fail():
    raise ValueError("no such order")


@app.task(ignore_result=True)
def silent():
    record.incr("silent started")


def how_many_run(names):
    return sum(map(started, names))


def held(state):
    """How many tasks the worker says it has: `active` or `reserved`."""
    workers = getattr(app.control.inspect(), state)() or {}
    return sum(map(len, workers.values()))


def main():
    # --8<-- [start:parallel]
    names = ["A", "B", "C", "D", "E", "F"]
    running = group(wait.s(name) for name in names)()
    wait_until(lambda: held("active") == 2 and held("reserved") == 4)
    wait_until(lambda: how_many_run(names) >= 2)
    print("six tasks, two pool children, running:", how_many_run(names))
    open_gate("A")  # one of the two ends
    wait_until(lambda: finished("A") and how_many_run(names) > 2)
    print("one has ended, started so far:", how_many_run(names))
    # --8<-- [end:parallel]
    for name in names[1:]:
        open_gate(name)
    running.get(timeout=60)

    # --8<-- [start:failure]
    result = group(double.s(1), fail.s(), double.s(2))()
    try:
        result.get(timeout=30)
    except ValueError as error:
        print("get() raises:", repr(error))
    wait_until(result.ready)
    print("states:", *[member.state for member in result])
    print("without raising:", result.get(propagate=False))
    # --8<-- [end:failure]

    # --8<-- [start:saved]
    print("restored by id:", GroupResult.restore(result.id, app=app))
    result.save()
    found = GroupResult.restore(result.id, app=app)
    print("after save():", found.get(propagate=False))
    # --8<-- [end:saved]

    # --8<-- [start:ignored]
    result = group(double.s(1), silent.s())()
    wait_until(lambda: started("silent"))
    try:
        result.get(timeout=3)
    except TimeoutError:
        print("one with ignore_result has run, get(): TimeoutError")
    # --8<-- [end:ignored]


if __name__ == "__main__":
    main()
