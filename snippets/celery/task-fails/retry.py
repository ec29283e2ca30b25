# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 120
# ///
"""retry(): how often, under which id, and what is left at the end."""

from celery import Celery

from acked.lab import note, record, runs, table
from acked.services import Worker, wait_until

app = Celery("retry")


# --8<-- [start:tasks]
@app.task(bind=True, max_retries=3)
def with_exc(self, key):
    remember(self, key)
    try:
        call_the_bank()
    except OSError as error:
        raise self.retry(exc=error, countdown=0)


@app.task(bind=True, max_retries=3)
def without_exc(self, key):
    remember(self, key)
    try:
        call_the_bank()
    except OSError:
        raise self.retry(countdown=0)


@app.task(bind=True, max_retries=3)
def swallowed(self, key):
    remember(self, key)
    try:
        raise self.retry(countdown=0)
    except Exception:
        return "looks fine"
# --8<-- [end:tasks]


@app.task(bind=True, max_retries=3)
def without_raise(self, key):
    remember(self, key)
    self.retry(countdown=0)
    note("lines after retry()")


# --8<-- [start:remember]
def remember(task, key):
    note(key)
    request = task.request
    record.rpush(f"{key}: runs", f"{request.id} {request.retries}")
# --8<-- [end:remember]


def call_the_bank():
    raise ConnectionRefusedError("the bank is down")


TASKS = {
    with_exc: "`raise self.retry(exc=error)`",
    without_exc: "`raise self.retry()`",
    without_raise: "`self.retry()`, no `raise`",
    swallowed: "`self.retry()` inside `except Exception`",
}


def row(task, result):
    """Once all four runs are over."""
    key = task.__name__
    wait_until(lambda: runs(key) == 4 and result.ready(), 60, key)
    notes = [line.split() for line in record.lrange(f"{key}: runs", 0, -1)]
    ids = {task_id for task_id, _ in notes}
    retries = ", ".join(number for _, number in notes)
    state = f"`{result.state}`"
    if result.state == "FAILURE":
        state += f" {type(result.result).__name__}"
    one_id = "yes" if ids == {result.id} else "no"
    return [TASKS[task], len(notes), retries, one_id, state]


def main():
    with Worker(__file__, "--concurrency=1") as worker:
        sent = {task: task.delay(task.__name__) for task in TASKS}
        rows = [row(task, result) for task, result in sent.items()]
        worker.shut_down("warm")
    head = ["task", "runs", "`request.retries`", "one id", "at the end"]
    table(head, *rows)
    assert not runs("lines after retry()")


if __name__ == "__main__":
    main()
