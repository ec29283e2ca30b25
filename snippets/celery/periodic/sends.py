# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 200
# ///
"""beat sends while no worker is there; then one starts."""

import time

from beats import Beat
from celery import Celery

from acked.lab import note, record, runs, table
from acked.services import Worker, wait_until

app = Celery("sends")
# --8<-- [start:schedule]
@app.task
def report(day, currency):
    note(f"report for {day} in {currency}")


app.conf.beat_schedule = {
    "report": {
        "task": "sends.report",
        "schedule": 1.0,
        "args": ["today"],
        "kwargs": {"currency": "EUR"},
    },
    "typo": {"task": "tasks.daily_report", "schedule": 1.0},
    "expires": {
        "task": "sends.stale",
        "schedule": 1.0,
        "options": {"expires": 1, "queue": "stale"},
    },
}
# --8<-- [end:schedule]


@app.task
def stale():
    note("stale")

QUEUES = ["celery", "stale"]
NAMES = ["sends.report", "tasks.daily_report", "sends.stale"]


def waiting():
    bodies = [body for queue in QUEUES for body in record.lrange(queue, 0, -1)]
    return {name: sum(name in one for one in bodies) for name in NAMES}


def main():
    # --8<-- [start:run]
    with Beat(__file__) as beat:
        wait_until(lambda: min(waiting().values()) >= 3, 60, "messages")
        beat.kill()
    sent = waiting()
    time.sleep(1.5)  # longer than the expiry of the last message
    with Worker(__file__, f"--concurrency=1 -Q {','.join(QUEUES)}") as worker:
        wait_until(lambda: not record.exists(*QUEUES, "unacked"))
        worker.shut_down("warm")
        log = worker.log()
    # --8<-- [end:run]
    ran = [runs("report for today in EUR"), 0, runs("stale")]
    said = [
        log.count("Received unregistered task of type 'tasks.daily_report'"),
        log.count("Discarding revoked task: sends.stale"),
    ]
    assert not record.exists("celery", "stale", "unacked"), "something is left"
    assert said == [sent[name] for name in NAMES[1:]]
    rows = []
    for name, count, what in zip(NAMES, ran, (
        "nothing special", "unregistered task, each time", "expired, each time"
    )):
        ran_all = "all" if count == sent[name] else count
        rows.append([f"`{name}`", "3 or more", ran_all, what])
    table(["task", "sent without a worker", "run later", "the worker says"],
          *rows)


if __name__ == "__main__":
    main()
