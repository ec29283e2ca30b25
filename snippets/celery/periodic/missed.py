# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 200
# ///
"""beat was down for six hours: what does it make up for?

Nobody waits: the schedule file is told that the last run was six hours ago.
"""

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from beats import Beat, move_back
from celery import Celery
from celery.schedules import crontab

from acked.lab import record, table
from acked.services import wait_until

app = Celery("missed")
app.conf.task_default_queue = os.environ.get("QUEUE", "celery")
if deadline := os.environ.get("DEADLINE"):
    app.conf.beat_cron_starting_deadline = int(deadline)
# The last due time is half an hour ago, and so is the next one away.
minute = (datetime.now(UTC).minute + 30) % 60

# --8<-- [start:schedule]
app.conf.beat_schedule = {
    "interval": {"task": "report", "schedule": timedelta(hours=1)},
    "crontab": {"task": "bill", "schedule": crontab(minute=minute)},
    "heartbeat": {"task": "alive", "schedule": timedelta(seconds=1)},
}
# --8<-- [end:schedule]

SIX_HOURS = timedelta(hours=6)
MOVES = {
    "interval": SIX_HOURS, "crontab": SIX_HOURS, "heartbeat": timedelta(0),
}


def sent(queue):
    """Messages in the queue by task."""
    bodies = record.lrange(queue, 0, -1)
    return [sum(f'"{name}"' in body for body in bodies)
            for name in ("report", "bill", "alive")]


def run_beat(queue, schedule, env):
    """Start beat, wait for two heartbeats after all that was due, stop it."""
    before = sent(queue)[2]
    with Beat(__file__, schedule, {"QUEUE": queue, **env}) as beat:
        wait_until(lambda: sent(queue)[2] > before + 2, 60, f"beat in {queue}")
        beat.stop()


def case(queue, env, new_file):
    schedule = f"{tempfile.mkdtemp()}/schedule"
    run_beat(queue, schedule, env)
    move_back(schedule, **MOVES)
    if new_file:
        os.remove(schedule)
    run_beat(queue, schedule, env)
    return sent(queue)[:2]


CASES = {
    "schedule file kept": ({}, False),
    "the same, `beat_cron_starting_deadline=600`": (
        {"DEADLINE": "600"}, False
    ),
    "schedule file lost": ({}, True),
}


def main():
    with ThreadPoolExecutor() as pool:
        jobs = [
            pool.submit(case, f"case-{number}", *options)
            for number, options in enumerate(CASES.values())
        ]
    rows = [
        [label, *job.result()] for label, job in zip(CASES, jobs)
    ]
    head = ["beat was down for six hours", "interval 1 h", "hourly crontab"]
    table(head, *rows)


if __name__ == "__main__":
    main()
