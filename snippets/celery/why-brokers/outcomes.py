# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# timeout = 150
# ///
"""A task ends badly in four ways. Does the broker run it again?"""

import json
import os
from concurrent.futures import ThreadPoolExecutor

from celery import Celery

from acked.lab import table
from acked.services import Worker, wait_until
from shop import acknowledged, began, ended, open_gate, record, work

app = Celery("outcomes")
app.conf.update(json.loads(os.environ.get("SETTINGS", "{}")))


# --8<-- [start:tasks]
@app.task
def raises(case):
    record.rpush(f"{case} began", "1")
    raise ConnectionError("the payment service is down")


@app.task(time_limit=1)
def takes_too_long(case):
    work(case, "1", waits=True)


@app.task
def runs(case, job="1"):
    work(case, job, waits=job == "1")
# --8<-- [end:tasks]


def worker(case, late):
    env = {"SETTINGS": json.dumps({"task_acks_late": late})}
    return Worker(__file__, f"--concurrency=1 -Q {case}", env)


def runs_after_all(case):
    """Number of runs, once a job that was sent last has been done."""
    open_gate(case)
    runs.apply_async([case, "last"], queue=case)
    wait_until(lambda: "last" in ended(case), 60)
    return began(case).count("1")


# --8<-- [start:ends]
def exception(case, late):
    with worker(case, late):
        raises.apply_async([case], queue=case)
        wait_until(lambda: began(case))
        return runs_after_all(case)


def time_limit(case, late):
    with worker(case, late) as w:
        takes_too_long.apply_async([case], queue=case)
        wait_until(lambda: "TimeLimitExceeded" in w.log())
        return runs_after_all(case)


def child_killed(case, late):
    with worker(case, late) as w:
        sent = runs.apply_async([case], queue=case)
        wait_until(lambda: began(case))
        wait_until(lambda: sent.id in str(app.control.inspect().active()))
        w.kill_child()
        wait_until(lambda: "WorkerLostError" in w.log())
        return runs_after_all(case)


def worker_killed(case, late):
    with worker(case, late) as w:
        runs.apply_async([case], queue=case)
        wait_until(lambda: began(case))
        wait_until(lambda: late or acknowledged(app, case))
        w.kill()
    with worker(case, late):
        return runs_after_all(case)
# --8<-- [end:ends]


ENDS = {
    exception: "it raises",
    time_limit: "its time limit is over",
    child_killed: "its pool process is killed",
    worker_killed: "the whole worker is killed",
}


def main():
    with ThreadPoolExecutor(4) as pool:
        found = {
            (end, late): pool.submit(end, f"{end.__name__}-{late}", late)
            for end in ENDS
            for late in (False, True)
        }
    rows = [
        (name, found[end, False].result(), found[end, True].result())
        for end, name in ENDS.items()
    ]
    table(("how the run ends", "runs, by default", "runs, `acks_late`"), *rows)


if __name__ == "__main__":
    main()
