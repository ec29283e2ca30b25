# /// script
# requires-python = ">=3.12"
# dependencies = ["celery"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["rabbitmq"]
# timeout = 180
# ///
"""A memory alarm under Celery workers: which of them still run tasks?"""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from time import sleep

from celery import Celery

from acked.lab import note, open_gate, runs, started, table, work
from acked.services import RabbitMQ, Worker, wait_until

for name in ("CELERY_BROKER_URL", "CELERY_RESULT_BACKEND"):
    os.environ.pop(name, None)  # the broker is the node started here
# --8<-- [start:cases]
app = Celery("celery_workers")
app.conf.update(json.loads(os.environ.get("SETTINGS", "{}")))
CONFIRMS = {"broker_transport_options": {"confirm_publish": True}}
CASES = {
    ("before the alarm", "no"): {},
    ("before the alarm", "yes"): CONFIRMS,
    ("during the alarm", "no"): {},
    ("during the alarm", "yes"): CONFIRMS,
}


@app.task
def ship(vhost, order):
    if order == 0:
        work(vhost)  # until its gate is open
    note(f"{vhost} ran")
# --8<-- [end:cases]


VHOSTS = dict(zip(CASES, "abcd", strict=True))
threads = ThreadPoolExecutor()


def ran(case):
    return runs(f"{VHOSTS[case]} ran")


def blocked(node):
    """The virtual hosts with a connection that the alarm has stopped."""
    rows = node.rabbitmqctl("list_connections", "vhost", "state").splitlines()
    return {row.split()[0] for row in rows if row.endswith("blocked")}


def filled(node, case):
    """Twenty tasks in its queue, and the worker for them."""
    url = node.url.rsplit("/", 1)[0] + "/" + VHOSTS[case]
    settings = {"broker_url": url} | CASES[case]
    with Celery("sender", broker=url) as sender:
        for order in range(20):
            arguments = [VHOSTS[case], order]
            sender.send_task("celery_workers.ship", arguments)
    env = {"SETTINGS": json.dumps(settings)}
    return Worker(__file__, "--concurrency=1", env)


def main():
    with RabbitMQ(vhosts=[*VHOSTS.values()]) as node:
        workers = {case: filled(node, case) for case in CASES}
        try:
            counts = observe(node, workers)
        finally:
            for process in workers.values():
                process.kill()
    table(
        ["worker started", "its confirms", "run during the alarm", "after it"],
        *([*case, *count] for case, count in counts.items()),
    )


def observe(node, workers):
    before, during = [*CASES][:2], [*CASES][2:]
    for case in before:
        workers[case].start()
        wait_until(lambda case=case: started(VHOSTS[case]), 60)
    # --8<-- [start:alarm]
    node.rabbitmqctl("set_vm_memory_high_watermark", "absolute", "1MB")
    wait_until(lambda: blocked(node) == {"a", "b"}, 60)  # by heartbeats
    starts = [threads.submit(workers[case].start) for case in during]
    for vhost in VHOSTS.values():
        open_gate(vhost)
    unconfirmed = [case for case, options in CASES.items() if not options]
    wait_until(lambda: all(ran(case) == 20 for case in unconfirmed), 60)
    sleep(5)  # time in which the others could go on
    meanwhile = {case: ran(case) for case in CASES}
    node.rabbitmqctl("set_vm_memory_high_watermark", "0.6")
    wait_until(lambda: all(ran(case) == 20 for case in CASES), 60)
    # --8<-- [end:alarm]
    for start in starts:
        start.result(60)
    return {case: (meanwhile[case], ran(case)) for case in CASES}


if __name__ == "__main__":
    main()
