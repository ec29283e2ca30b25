# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu", "redis"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# environments = ["trixie"]
# services = ["redis"]
# timeout = 240
# ///
"""A task longer than consumer_timeout, and the next one, on two versions."""

import os
from concurrent.futures import ThreadPoolExecutor
from time import sleep

from celery import Celery
from kombu import Connection, Queue

from acked.lab import finished, note, open_gate, runs, started, table, work
from acked.services import RabbitMQ, Worker, wait_until

CASE = os.environ.get("CASE", "")
TIMEOUT = 2  # s; 30 minutes by default
CONFIG = f"consumer_timeout = {TIMEOUT * 1000}\n"
# Older versions look once a minute.
LOOK_OFTEN = "application:set_env(rabbit, channel_tick_interval, 500)."

app = Celery("celery_timeout")
app.conf.task_acks_late = "late" in CASE
kind = "quorum" if "quorum" in CASE else "classic"
app.conf.task_queues = [
    Queue("celery", queue_arguments={"x-queue-type": kind})
]


# --8<-- [start:tasks]
@app.task
def export(case):
    work(case)  # signs in, waits at a gate, signs out


@app.task
def mail(case):
    note(f"{case} mails")
# --8<-- [end:tasks]


def use_up_the_patience(case, worker):
    """Until the broker has had enough, or had the time for it."""
    if case.startswith("4.0"):
        wait_until(lambda: "Unrecoverable error" in worker.log(), 60)
        assert "PreconditionFailed" in worker.log()
        open_gate(case)
        worker.wait_until_gone()
        return "ends, `PreconditionFailed`"
    if "classic" in case:
        sleep(3 * TIMEOUT)
        assert "Connection to broker lost" not in worker.log()
        open_gate(case)
        return "goes on"
    wait_until(lambda: "Connection to broker lost" in worker.log(), 60)
    assert "ConsumerCancelled" in worker.log()
    open_gate(case)
    return "reconnects, `ConsumerCancelled`"


def run(case, url):
    env = {**os.environ, "CELERY_BROKER_URL": url, "CASE": case}
    with Connection(url) as connection, Celery(broker=url) as sender:
        # The worker declares it: a sender would, too, as a classic queue.
        sender.conf.task_queues = [Queue("celery", no_declare=True)]
        options = "--concurrency=1 --without-mingle --without-gossip"
        with Worker(__file__, options, env) as worker:
            # --8<-- [start:send]
            sender.send_task("celery_timeout.export", [case])
            wait_until(lambda: started(case))
            sender.send_task("celery_timeout.mail", [case])
            what = use_up_the_patience(case, worker)
            # --8<-- [end:send]
            if "ends" not in what:
                wait_until(lambda: runs(f"{case} mails"), 60)
            if "reconnects" in what:
                wait_until(lambda: finished(case) > 1, 60)
        queue = connection.default_channel.queue_declare("celery", passive=True)
        begun = started(case) if started(case) == 1 else "2 or more"
        sent = "ran" if runs(f"{case} mails") else "did not run"
        left = queue.message_count if "ends" in what else "-"
        return [*case.split(", "), what, begun, sent, left]


def main():
    os.environ.pop("CELERY_BROKER_URL", None)  # it would beat what is given
    with (
        RabbitMQ(["early", "late"], CONFIG, servers="trixie") as old,
        RabbitMQ(["classic", "late"], CONFIG) as new,
        ThreadPoolExecutor() as threads,
    ):
        old.rabbitmqctl("eval", LOOK_OFTEN)
        cases = {
            "4.0, classic, early": old.vhost_url("early"),
            "4.0, quorum, late": old.vhost_url("late"),
            "4.3, classic, late": new.vhost_url("classic"),
            "4.3, quorum, late": new.vhost_url("late"),
        }
        rows = list(threads.map(run, *zip(*cases.items())))
    heads = ["RabbitMQ", "queue", "ack", "the worker"]
    table([*heads, "`export` begun", "`mail`", "left in the queue"], *rows)


if __name__ == "__main__":
    main()
