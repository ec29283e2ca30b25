# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# timeout = 240
# ///
"""SIGKILL to a whole worker: early against late acknowledgement, on RabbitMQ.

Durable queue, persistent messages: Celery's defaults. Redis holds the results
and what each task notes of its own runs.
"""

import uuid

from celery import Celery

from acked.lab import record
from acked.services import Worker, wait_until

app = Celery("early_ack")


# --8<-- [start:tasks]
app.conf.worker_prefetch_multiplier = 1  # "fair", they say


@app.task  # acknowledged when it starts: the default
def charge(order):
    work(order)


@app.task(acks_late=True)  # acknowledged when it has ended
def charge_late(order):
    work(order)


@app.task(retry_on_worker_lost=True)  # new in Celery 5.7
def charge_retry(order):
    work(order)


def work(order):
    record.incr(f"{order} started")
    record.blmove("gate", "gate", timeout=0)  # blocks until the gate is open
    record.incr(f"{order} finished")
# --8<-- [end:tasks]


def count(order, what):
    return int(record.get(f"{order} {what}") or 0)


def report(name, order, task_id):
    runs = f"{count(order, 'started'):>7}  {count(order, 'finished'):>8}"
    result = app.AsyncResult(task_id)
    print(f"{name:<20}  {runs}  {result.state:<7}  {result.exists()}")


def main():
    # --8<-- [start:crash]
    with Worker(__file__, "--concurrency=3") as first:
        early = charge.delay("A")
        late = charge_late.delay("B")
        retry = charge_retry.delay("C")
        for order in "ABC":
            wait_until(lambda: count(order, "started"))
        first.kill()  # SIGKILL to parent and children: no last word

    record.lpush("gate", "open")
    with Worker(__file__, "--concurrency=1") as second:
        wait_until(lambda: count("B", "finished"))
        charge.delay("D").get(timeout=30)  # sent last, so run last
        second.shut_down("warm")
    # --8<-- [end:crash]
    print(f"{'':20}  started  finished  state    exists()")
    report("early ack (default)", "A", early.id)
    report("acks_late", "B", late.id)
    report("retry_on_worker_lost", "C", retry.id)
    report("an id we made up", "Z", str(uuid.uuid4()))


if __name__ == "__main__":
    main()
