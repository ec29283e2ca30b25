# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# worker = "--concurrency=1"
# timeout = 240
# ///
"""A task that waits for another task, and three ways not to."""

from celery import Celery
from celery.exceptions import TimeoutError
from celery.result import allow_join_result

from acked.lab import table

app = Celery("wait_inside")


# --8<-- [start:tasks]
@app.task
def add(x, y):
    return x + y


@app.task
def waits():
    return add.delay(2, 3).get(timeout=3)


@app.task
def waits_anyway():
    with allow_join_result():
        return add.delay(2, 3).get(timeout=3)


@app.task(bind=True)
def becomes(self):
    raise self.replace(add.si(2, 3))
# --8<-- [end:tasks]


def outcome(result):
    try:
        return f"`{result.get(timeout=60)}`"
    except (RuntimeError, TimeoutError) as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0]}"


def main():
    # --8<-- [start:sent]
    rows = [
        ("`get()` in a task", outcome(waits.delay())),
        ("with `allow_join_result`", outcome(waits_anyway.delay())),
        ("`raise self.replace(add.si(2, 3))`", outcome(becomes.delay())),
    ]
    # --8<-- [end:sent]
    table(("one worker, one pool child", "outcome"), *rows)


if __name__ == "__main__":
    main()
