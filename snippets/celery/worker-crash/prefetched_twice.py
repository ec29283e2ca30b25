# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 120
# ///
"""Redis, early ack: a task waits in the worker longer than the timeout."""

from celery import Celery

from acked.lab import note, record, runs, table
from acked.services import Worker, wait_until

app = Celery("prefetched_twice")

# --8<-- [start:task]
app.conf.broker_transport_options = {
    "visibility_timeout": 3,  # acks_late is not set
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}


@app.task
def charge(order):
    note(order)
    if order == "long":
        record.blmove("gate", "gate", timeout=0)  # until the gate is open
# --8<-- [end:task]


def main():
    # --8<-- [start:run]
    with Worker(__file__, "--concurrency=1") as worker:
        charge.delay("long")
        short = charge.delay("short")
        wait_until(lambda: worker.log().count(f"{short.id}] received") > 1)
        record.lpush("gate", "open")
        wait_until(lambda: runs("short") > 1)
    # --8<-- [end:run]
    assert short.get(timeout=30) is None
    table(
        ["one worker, no crash", "sent", "runs"],
        ["the long task", 1, runs("long")],
        ["the short one behind it", 1, "more than 1"],
    )


if __name__ == "__main__":
    main()
