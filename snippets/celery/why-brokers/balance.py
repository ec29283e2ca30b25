# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# timeout = 120
# ///
"""Two workers, one long job, seven short ones: who gets how many?"""

import json
import os
from concurrent.futures import ThreadPoolExecutor

from celery import Celery

from acked.lab import table
from acked.services import Worker, wait_until
from shop import acknowledged, began, ended, open_gate, record, work

app = Celery("balance")
app.conf.update(json.loads(os.environ.get("SETTINGS", "{}")))


# --8<-- [start:task]
@app.task
def job(case, number, waits=False):
    record.rpush(f"{case} {os.environ['WORKER']}", number)
    work(case, number, waits)
# --8<-- [end:task]


# --8<-- [start:cases]
CASES = {
    "the default: 4": {},
    "1": {"worker_prefetch_multiplier": 1},
    "1, and `acks_late`": {
        "worker_prefetch_multiplier": 1,
        "task_acks_late": True,
    },
}
# --8<-- [end:cases]


def worker(case, name):
    env = {"SETTINGS": json.dumps(CASES[case]), "WORKER": name}
    return Worker(__file__, f"--concurrency=1 -Q {queue(case)}", env)


def queue(case):
    return f"multiplier-{list(CASES).index(case)}"


def received(service):
    return service.log().count(" received")


# --8<-- [start:balance]
def shares(case):
    """What each worker got, and what waited behind the long job."""
    with worker(case, "A") as a, worker(case, "B") as b:
        job.apply_async([case, 0, True], queue=queue(case))
        wait_until(lambda: began(case))
        wait_until(lambda: "acks" in case or acknowledged(app, case))
        for number in range(1, 8):
            job.apply_async([case, number], queue=queue(case))
        wait_until(lambda: received(a) + received(b) == 8)
        busy, idle = (a, b) if received_long(case) == "A" else (b, a)
        wait_until(lambda: len(ended(case)) == received(idle))
        waiting = 7 - len(ended(case))
        open_gate(case)
        wait_until(lambda: len(ended(case)) == 8)
        return received(busy), received(idle), waiting
# --8<-- [end:balance]


def received_long(case):
    return "A" if record.exists(f"{case} A") else "B"


def main():
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(shares, CASES))
    head = ("`worker_prefetch_multiplier`", "busy worker got")
    more = ("the other one got", "short jobs behind the long one")
    table((*head, *more), *((c, *r) for c, r in zip(CASES, results)))


if __name__ == "__main__":
    main()
