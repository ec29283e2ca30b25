# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 120
# ///
"""Which countdown does a retry get? Read from the ETA of its message.

Nobody waits here: each task is sent as if it had been retried so often.
"""

import time
from datetime import datetime

from celery import Celery
from celery.signals import before_task_publish

from acked.lab import record, table
from acked.services import Worker, wait_until

app = Celery("backoff")


def fail(task):
    record.set(f"{task.request.id} failed", time.time())
    raise ConnectionRefusedError("the bank is down")


# --8<-- [start:tasks]
@app.task(bind=True, autoretry_for=(OSError,), max_retries=None)
def plain(self):
    fail(self)


@app.task(
    bind=True,
    autoretry_for=(OSError,),
    max_retries=None,
    retry_backoff=60,
    retry_jitter=False,
)
def backoff(self):
    fail(self)


@app.task(
    bind=True, autoretry_for=(OSError,), max_retries=None, retry_backoff=60
)
def jitter(self):
    fail(self)


@app.task(bind=True, max_retries=None, retry_backoff=60)
def by_hand(self):
    try:
        fail(self)
    except OSError as error:
        raise self.retry(exc=error)
# --8<-- [end:tasks]


@before_task_publish.connect
def note_countdown(headers, **_):
    """A retry goes out: only the first of each task is what was asked for."""
    failed = record.get(f"{headers['id']} failed")
    if failed:
        eta = datetime.fromisoformat(headers["eta"]).timestamp()
        record.hsetnx("countdowns", headers["id"], eta - float(failed))


def countdowns(task, retries):
    """The countdowns after so many retries each, to the next minute."""
    sent = [task.apply_async(retries=number).id for number in retries]
    wait_until(
        lambda: record.hgetall("countdowns").keys() >= set(sent), 60, task.name
    )
    found = record.hmget("countdowns", sent)
    return [round(float(countdown) / 60) * 60 for countdown in found]


def main():
    with Worker(__file__, "--concurrency=1"):
        rows = []
        labels = {
            plain: "`autoretry_for`",
            by_hand: "`self.retry()`, `retry_backoff=60`",
            backoff: "+ `retry_backoff=60`, `retry_jitter=False`",
        }
        for task, label in labels.items():
            chosen = countdowns(task, range(6))
            rows.append([label, ", ".join(map(str, chosen))])
        spread = countdowns(jitter, [3] * 100)
    rows.append(
        [
            "+ `retry_backoff=60`, 100 × the 4th",
            f"between 0 and 480: {0 <= min(spread) and max(spread) <= 480}, "
            f"more than 5 different: {len(set(spread)) > 5}, "
            f"below 120: {min(spread) < 120}, above 360: {max(spread) > 360}",
        ]
    )
    table(["task options", "countdown of the 1st to 6th retry, s"], *rows)


if __name__ == "__main__":
    main()
