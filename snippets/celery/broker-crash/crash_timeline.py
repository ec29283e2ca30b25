# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["redis"]
# timeout = 180
# ///
"""One crash of Redis (AOF), acks_late: what was fetched comes back late.

Prints a timeline: seconds, lane, mark, text.
"""

import os
import time

from celery import Celery

from acked.lab import record
from acked.services import Redis, Worker, wait_until

app = Celery("crash_timeline")

# --8<-- [start:task]
app.conf.task_acks_late = True
app.conf.worker_prefetch_multiplier = 2  # one runs, one is prefetched
app.conf.broker_transport_options = {
    "visibility_timeout": 12,  # by default 3600 s
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}


@app.task(bind=True)
def ship(self, order):
    again = ", redelivered" * bool(self.request.delivery_info["redelivered"])
    note("worker", "+", f"order {order}{again}")
    record.blmove(f"{order} gate", f"{order} gate", timeout=0)  # the work
    note("worker", "-", f"order {order} shipped")
# --8<-- [end:task]


def note(lane, mark, text):
    record.rpush("events", f"{time.time()}  {lane}  {mark}  {text}")


def happened(text):
    return any(text in event for event in record.lrange("events", 0, -1))


def open_gate(order):
    record.lpush(f"{order} gate", "open")


def crash(broker, worker):
    # --8<-- [start:crash]
    note("Redis", "+", "up, AOF on")
    note("sender", ".", "sends orders 1, 2 and 3")
    for order in (1, 2, 3):
        ship.delay(order)
    wait_until(lambda: happened("+  order 1"))
    wait_until(lambda: broker.client().hlen("unacked") == 2)

    broker.kill()
    note("Redis", "x", "SIGKILL")
    wait_until(lambda: "Connection to broker lost" in worker.log())
    note("worker", ".", "connection lost, order 1 goes on")
    broker.start()
    note("Redis", "+", "up again on the same data")
    wait_until(lambda: "Connected to" in after_the_loss(worker))
    for order in (1, 2, 3):
        open_gate(order)
    wait_until(lambda: happened("order 2, redelivered"))
    wait_until(lambda: happened("order 2 shipped"))
    # --8<-- [end:crash]
    note("Redis", "-", "end of the run")


def after_the_loss(worker):
    return worker.log().partition("Connection to broker lost")[2]


def main():
    with Redis('--save "" --appendonly yes') as broker:
        os.environ["CELERY_BROKER_URL"] = broker.url
        with Worker(__file__, "--concurrency=1") as worker:
            crash(broker, worker)
    lines = sorted(record.lrange("events", 0, -1))
    start = float(lines[0].split()[0])
    for line in lines:
        at, rest = line.split("  ", 1)
        print(f"{float(at) - start:.2f}  {rest}")


if __name__ == "__main__":
    main()
