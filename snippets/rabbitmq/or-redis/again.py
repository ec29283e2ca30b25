# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# starts = ["redis"]
# timeout = 300
# ///
"""acks_late: a task works, or waits, longer than the visibility timeout."""

import os
import time
from concurrent.futures import ThreadPoolExecutor

from celery import Celery
from kombu import Connection

from acked.lab import note, open_gate, runs, started, table, work
from acked.services import Redis, Worker, wait_until

# --8<-- [start:settings]
app = Celery("again")
app.conf.task_acks_late = True
if os.environ.get("CELERY_BROKER_URL", "").startswith("redis"):
    app.conf.broker_transport_options = {
        "visibility_timeout": 6,  # by default 3600 s
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
    }
# --8<-- [end:settings]
FLAGS = "--concurrency=1 --prefetch-multiplier=1 --without-gossip"


# --8<-- [start:tasks]
@app.task
def ship(case):
    work(case)


@app.task
def remind(case):
    note(case)
# --8<-- [end:tasks]


def worker(url, queue):
    env = {**os.environ, "CELERY_BROKER_URL": url}
    return Worker(__file__, f"{FLAGS} -Q {queue}", env)


def send(task, url, queue, **options):
    with Connection(url) as connection:
        task.apply_async([queue], queue=queue, connection=connection, **options)


# --8<-- [start:long]
def counted(url, count):
    """On Redis wait for the second run; on RabbitMQ look after 20 s."""
    if url.startswith("redis"):
        wait_until(lambda: count() > 1, 120)
    else:
        time.sleep(20)
    return "once" if count() == 1 else "more than once"


def works_long(url, queue):
    with worker(url, queue), worker(url, queue):
        send(ship, url, queue)
        wait_until(lambda: started(queue), 60)
        answer = counted(url, lambda: started(queue))
        open_gate(queue)
    return answer


def waits_long(url, queue):
    with worker(url, queue), worker(url, queue):
        send(remind, url, queue, countdown=12)
        wait_until(lambda: runs(queue), 60)
        return counted(url, lambda: runs(queue))
# --8<-- [end:long]


def main():
    with Redis() as redis, ThreadPoolExecutor() as pool:
        brokers = {"Redis": redis.url, "RabbitMQ": os.environ["AMQP_URL"]}
        cells = {
            (name, case): pool.submit(case, url, f"{name}-{case.__name__}")
            for name, url in brokers.items()
            for case in (works_long, waits_long)
        }
        said = {
            works_long: "works longer than 6 s: started",
            waits_long: "`countdown` of 12 s: run",
        }
        rows = [
            [text, *[cells[name, case].result() for name in brokers]]
            for case, text in said.items()
        ]
    table(["`acks_late`, two workers", *brokers], *rows)


if __name__ == "__main__":
    main()
