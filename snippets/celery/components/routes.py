# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 90
# ///
"""Which queue a task goes to, and which worker reads that queue. On Redis."""

import os

from celery import Celery
from redis import Redis

from acked.lab import table
from acked.services import Worker, wait_until

app = Celery("routes")
redis = Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)

# --8<-- [start:routes]
app.conf.task_routes = {"billing.charge": {"queue": "high_priority"}}


@app.task(name="billing.charge")
def pay(case):
    redis.incr(case)


@app.task  # its name is routes.charge: module and function
def charge(case):
    redis.incr(case)
# --8<-- [end:routes]


# --8<-- [start:sends]
SENDS = {
    "no route": lambda case: charge.delay(case),
    "route for its task name": lambda case: pay.delay(case),
    "`queue=` given": lambda case: charge.apply_async(
        [case], queue="high_priority"
    ),
    "`queue=` with a typo": lambda case: charge.apply_async(
        [case], queue="hihg_priority"
    ),
}
# --8<-- [end:sends]
QUEUES = ("celery", "high_priority", "hihg_priority")


def sizes():
    return {queue: redis.llen(queue) for queue in QUEUES}


def executed(case):
    return int(redis.get(case) or 0)


def send_all():
    where = {}
    for case, send in SENDS.items():
        before = sizes()
        send(case)
        [where[case]] = [q for q, size in sizes().items() if size > before[q]]
    return where


def runs_with(options, expected):
    """Executions of each case so far, by a worker with these options."""
    with Worker(__file__, f"--concurrency=1 {options}") as worker:
        for case in expected:
            wait_until(lambda case=case: executed(case), what=case)
        charge.apply_async(["last"], queue="celery").get(timeout=30)
        worker.shut_down("warm")
    return {case: executed(case) for case in SENDS}


def main():
    where = send_all()
    plain = runs_with("", ["no route"])
    read = ["route for its task name", "`queue=` given"]
    both = runs_with("-Q celery,high_priority", read)
    rows = [
        (case, f"`{where[case]}`", plain[case], both[case]) for case in SENDS
    ]
    head = ("sent with", "Redis list", "runs, `worker`")
    table((*head, "runs, then `worker -Q celery,high_priority`"), *rows)
    assert redis.llen("hihg_priority") == 1


if __name__ == "__main__":
    main()
