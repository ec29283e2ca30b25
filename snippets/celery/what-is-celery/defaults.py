# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 150
# ///
"""What a worker alone does not do: results, a schedule, a second try."""

import os

from celery import Celery
from redis import Redis

from acked.lab import table
from acked.services import Program, Worker, wait_until

os.environ.pop("CELERY_RESULT_BACKEND", None)
app = Celery("defaults")
redis = Redis.from_url(
    os.environ["REDIS_URL"], db=1, decode_responses=True, socket_timeout=None
)


# --8<-- [start:tasks]
@app.task
def fails():
    redis.incr("fails")
    raise ConnectionError("the mail server is away")


@app.task(autoretry_for=[ConnectionError], max_retries=3, default_retry_delay=0)
def fails_retry():
    redis.incr("fails_retry")
    raise ConnectionError("the mail server is away")


@app.task
def crashes():
    redis.incr("crashes")
    redis.blmove("gate", "gate", timeout=0)  # killed here


@app.task(acks_late=True)
def crashes_late():
    redis.incr("crashes_late")
    redis.blmove("gate", "gate", timeout=0)  # killed here


@app.task
def report():
    redis.incr("report")


@app.task
def last():
    redis.incr("last")


app.conf.beat_schedule = {"r": {"task": report.name, "schedule": 1}}
# --8<-- [end:tasks]
app.conf.broker_transport_options = {
    "visibility_timeout": 3,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}


def count(task):
    return int(redis.get(task.__name__) or 0)


def main():
    rows = [["what happens", "setting", "sent", "executed"]]
    with Worker(__file__, "--concurrency=2") as first:
        fails.delay()
        fails_retry.delay()
        wait_until(lambda: count(fails) and count(fails_retry) == 4)
        crashes.delay()
        crashes_late.delay()
        wait_until(lambda: count(crashes) and count(crashes_late))
        wait_until(lambda: redis_broker().hlen("unacked") == 1)
        first.kill()
    redis.lpush("gate", "open")
    with Worker(__file__, "--concurrency=1") as second:
        wait_until(lambda: count(crashes_late) == 2)
        last.delay()
        wait_until(lambda: count(last))
        rows += [
            ["the task raises", "default", 1, count(fails)],
            ["", "`autoretry_for`, 3 retries", 1, count(fails_retry)],
            ["SIGKILL to its worker", "default", 1, count(crashes)],
            ["", "`acks_late`", 1, count(crashes_late)],
            ["`beat_schedule`, worker only", "default", 0, count(report)],
        ]
        with Program(BEAT, second.home, env=ENV):
            wait_until(lambda: count(report) >= 3, what="beat")
        rows.append(["", "`celery beat` runs, too", "3 or more", "3 or more"])
        second.shut_down("warm")
    table(*rows)


def redis_broker():
    return Redis.from_url(os.environ["REDIS_URL"])


BEAT = "-m celery -A defaults beat -s beat-schedule"
HERE = os.path.dirname(os.path.abspath(__file__))
ENV = {"PYTHONPATH": HERE + os.pathsep + os.environ.get("PYTHONPATH", "")}


if __name__ == "__main__":
    main()
