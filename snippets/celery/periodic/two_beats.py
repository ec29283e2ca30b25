# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# environments = ["stand-ins"]
# timeout = 200
# ///
"""Two beats at the same time, and then one of them is killed."""

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor

from beats import Beat
from celery import Celery

from acked import environments
from acked.lab import record, table
from acked.services import wait_until

app = Celery("two_beats")
app.conf.task_default_queue = os.environ.get("QUEUE", "celery")
app.conf.beat_schedule = {"report": {"task": "report", "schedule": 1.0}}

# --8<-- [start:redbeat]
app.conf.beat_max_loop_interval = 1
app.conf.redbeat_redis_url = os.environ["REDIS_URL"]
app.conf.redbeat_lock_timeout = 8  # seconds without a leader
# --8<-- [end:redbeat]

SCHEDULERS = {
    "PersistentScheduler, the default": "",
    "RedBeat": "--scheduler=redbeat.RedBeatScheduler",
}


def twice(number):
    label, options = list(SCHEDULERS.items())[number]
    queue = f"case-{number}"
    env = {"QUEUE": queue}
    if options:
        env |= environments.variables("stand-ins")

    def beat():
        schedule = f"{tempfile.mkdtemp()}/schedule"
        return Beat(__file__, schedule, env, options)

    with beat() as first:
        wait_until(lambda: first.sent() >= 1)
        with beat() as second:
            enough = first.sent() + 3
            wait_until(lambda: first.sent() >= enough, 60)
            if not options:
                wait_until(lambda: second.sent() >= 2, 60)
            both = second.sent()
            first.kill()
            wait_until(lambda: second.sent() >= both + 3, 60)
            waiting = record.llen(queue)
    assert waiting, "nothing was sent"
    return [label, "3 or more", "0" if both == 0 else "2 or more", "3 or more"]


def main():
    with ThreadPoolExecutor() as pool:
        rows = list(pool.map(twice, range(len(SCHEDULERS))))
    table(
        ["scheduler", "sent by beat 1", "by beat 2", "by beat 2, 1 is killed"],
        *rows,
    )


if __name__ == "__main__":
    main()
