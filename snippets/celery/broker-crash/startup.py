# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["redis"]
# timeout = 180
# ///
"""A worker starts while its broker is down."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from celery import Celery
from shop import count, open_gate, state

from acked.lab import table
from acked.services import Redis, ServiceError, Worker, wait_until

SHOP = Path(__file__).with_name("shop.py")

# --8<-- [start:cases]
CASES = {
    "defaults": {},
    "`broker_connection_retry_on_startup` off": {
        "broker_connection_retry_on_startup": False
    },
    "`broker_connection_max_retries` 1": {"broker_connection_max_retries": 1},
}
# --8<-- [end:cases]


def worker(broker, case):
    env = {
        **os.environ,
        "CELERY_BROKER_URL": broker.url,
        "SETTINGS": json.dumps(CASES[case]),
    }
    return Worker(SHOP, "--concurrency=1", env)


def begin(one):
    try:
        one.start()
        return "waits, then works"
    except ServiceError:
        return "ends"


def main():
    os.environ.pop("CELERY_BROKER_URL", None)
    # --8<-- [start:start]
    brokers = {case: Redis() for case in CASES}  # none of them is started
    workers = {case: worker(brokers[case], case) for case in CASES}
    with ThreadPoolExecutor() as threads:
        starts = {c: threads.submit(begin, workers[c]) for c in CASES}
        for case, one in workers.items():
            if case == "defaults":
                wait_until(lambda: one.log().count("Trying again") >= 2)
            else:
                wait_until(starts[case].done)
        for case, broker in brokers.items():
            broker.start()
            open_gate(case)
            sender = Celery("sender", broker=broker.url)
            sender.send_task("shop.charge", [case], task_id=case)
    # --8<-- [end:start]
    wait_until(lambda: state("defaults") == "SUCCESS")
    rows = []
    for case in CASES:
        runs = count(case, "finished")
        said = starts[case].result()
        rows.append((case, said, 1, runs, f"`{state(case)}`"))
    table(("settings", "worker", "sent", "executed", "state"), *rows)
    for service in [*workers.values(), *brokers.values()]:
        service.__exit__()


if __name__ == "__main__":
    main()
