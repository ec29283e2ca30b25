# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 200
# ///
"""beat dies right after it has sent the daily report. Then it starts again."""

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from beats import Beat, last_run, move_back
from celery import Celery

from acked.lab import record, table
from acked.services import wait_until

app = Celery("killed")
app.conf.task_default_queue = os.environ.get("QUEUE", "celery")
app.conf.beat_sync_every = int(os.environ.get("SYNC_EVERY", 0))

# --8<-- [start:schedule]
app.conf.beat_schedule = {
    "daily": {"task": "report", "schedule": timedelta(days=1)},
    "heartbeat": {"task": "alive", "schedule": timedelta(seconds=1)},
}
# --8<-- [end:schedule]


def sent(queue, task):
    bodies = record.lrange(queue, 0, -1)
    return sum(f'"{task}"' in body for body in bodies)


def case(queue, how, sync_every):
    schedule = f"{tempfile.mkdtemp()}/schedule"
    env = {"QUEUE": queue, "SYNC_EVERY": str(sync_every)}

    def beat():
        return Beat(__file__, schedule, env)

    def some_heartbeats():
        before = sent(queue, "alive")
        wait_until(lambda: sent(queue, "alive") > before + 2, 60, queue)

    # --8<-- [start:crash]
    with beat() as first:
        some_heartbeats()
        first.stop()
    # Due in ten seconds: the heartbeat, and the file, come before it.
    almost = timedelta(days=1) - timedelta(seconds=10)
    waited = datetime.now(UTC) - last_run(schedule, "daily")
    move_back(schedule, daily=almost - waited, heartbeat=timedelta(0))
    with beat() as second:
        wait_until(lambda: sent(queue, "report") == 1)
        assert "task heartbeat" in second.log().split("task daily")[0]
        some_heartbeats()
        end(second, schedule, how)
    with beat():
        some_heartbeats()
    # --8<-- [end:crash]
    return sent(queue, "report")


def end(beat, schedule, how):
    if how == "SIGTERM":
        beat.stop()
    else:
        beat.kill()
    if how == "SIGKILL, file is garbage":
        Path(schedule).write_bytes(b"garbage" * 100)


CASES = [
    ("SIGTERM", 0),
    ("SIGKILL", 0),
    ("SIGKILL", 1),
    ("SIGKILL, file is garbage", 0),
]


def main():
    with ThreadPoolExecutor() as pool:
        counts = pool.map(
            lambda number: case(f"case-{number}", *CASES[number]),
            range(len(CASES)),
        )
    table(
        ["beat ends by", "`beat_sync_every`", "daily report sent"],
        *([how, sync or "0, the default", count]
          for (how, sync), count in zip(CASES, counts)),
    )


if __name__ == "__main__":
    main()
