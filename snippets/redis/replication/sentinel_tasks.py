# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["redis"]
# timeout = 240
# ///
"""Celery on Sentinel over a failover: sent, executed, lost, executed twice."""

import os

from celery import Celery
from group import watched
from kombu.exceptions import OperationalError

from acked.lab import note, runs, table
from acked.services import Worker, wait_until

app = Celery("sentinel_tasks")
# --8<-- [start:settings]
app.conf.broker_transport_options = {"master_name": "mymaster"}
# --8<-- [end:settings]
app.conf.task_ignore_result = True


@app.task
def ship(phase, order):
    note(f"{phase} {order}")


# --8<-- [start:send]
def send(phase, queue):
    for order in range(20):
        ship.apply_async([phase, order], queue=queue)


def over(group):
    with Worker(__file__, env={"CELERY_BROKER_URL": app.conf.broker_url}):
        send("before", "celery")
        wait_until(lambda: executed("before") == 20)
        send("waiting, replicated", "later")
        group.replicated()
        group.cut_off()
        send("waiting, not replicated", "later")
        group.primary.kill()
        try:
            ship.delay("in between", 0)
        except OperationalError as error:
            refused = type(error).__name__
        group.now_primary()
        send("after", "celery")
        wait_until(lambda: executed("after") == 20, 60)
        app.control.add_consumer("later")
        wait_until(lambda: executed("waiting, replicated") == 20, 60)
        send("after, in the same queue", "later")
        wait_until(lambda: executed("after, in the same queue") == 20, 60)
    return refused


# --8<-- [end:send]


def counts(phase):
    return [runs(f"{phase} {order}") for order in range(20)]


def executed(phase):
    return sum(count > 0 for count in counts(phase))


def main():
    os.environ.pop("CELERY_BROKER_URL", None)  # it would win over app.conf
    with watched() as group:
        app.conf.broker_url = ";".join(
            f"sentinel://127.0.0.1:{port}" for _, port in group.addresses()
        )
        refused = over(group)
    rows = []
    for phase in (
        "before",
        "waiting, replicated",
        "waiting, not replicated",
        "after",
        "after, in the same queue",
    ):
        done = executed(phase)
        twice = sum(count > 1 for count in counts(phase))
        rows.append([phase, 20, done, 20 - done, twice])
    rows.insert(3, ["`delay()` after SIGKILL", f"0: {refused}", 0, 0, 0])
    table(["tasks", "sent", "executed", "lost", "twice"], *rows)


if __name__ == "__main__":
    main()
