# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# timeout = 200
# ///
"""SIGKILL to a worker while a retry waits for its countdown."""

import os
import time
from concurrent.futures import ThreadPoolExecutor

from celery import Celery

from acked.lab import note, runs, table
from acked.services import Worker, wait_until

BROKERS = {
    "Redis": os.environ["REDIS_URL"],
    "RabbitMQ": os.environ["AMQP_URL"],
}
TIMEOUT = int(os.environ.get("VISIBILITY_TIMEOUT", 3600))

app = Celery("retry_crash")
if os.environ["CELERY_BROKER_URL"].startswith("redis"):
    app.conf.broker_transport_options = {"visibility_timeout": TIMEOUT}


# --8<-- [start:task]
@app.task(bind=True, max_retries=1)
def charge(self, order):
    if note(order) == 1:
        raise self.retry(countdown=5)
# --8<-- [end:task]


@app.task
def marker(order):
    note(order)


def worker(broker, visibility_timeout):
    env = {**os.environ, "CELERY_BROKER_URL": BROKERS[broker]}
    env["VISIBILITY_TIMEOUT"] = str(visibility_timeout)
    return Worker(__file__, "--concurrency=1 --without-gossip", env)


def crash(broker):
    """How often the task ran after the next worker, and after the last."""
    connection = app.connection_for_write(BROKERS[broker])

    def send(task, order):
        return task.apply_async([order], connection=connection)

    # --8<-- [start:crash]
    with worker(broker, visibility_timeout=3600) as first:
        result = send(charge, broker)
        wait_until(lambda: result.state == "RETRY")
        wait_until(lambda: first.log().count(" received") == 2)  # the retry
        first.kill()
    with worker(broker, visibility_timeout=3600):
        time.sleep(6)  # longer than the countdown
        send(marker, f"{broker} marker")
        wait_until(lambda: runs(f"{broker} marker"))
        next_worker = runs(broker)
    with worker(broker, visibility_timeout=1):
        wait_until(result.ready)
    # --8<-- [end:crash]
    return [broker, next_worker, runs(broker), f"`{result.state}`"]


def main():
    with ThreadPoolExecutor() as pool:
        rows = list(pool.map(crash, BROKERS))
    table(
        [
            "broker",
            "runs, next worker",
            "runs, a worker with a visibility timeout of 1 s",
            "state",
        ],
        *rows,
    )


if __name__ == "__main__":
    main()
