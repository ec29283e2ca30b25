# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# timeout = 240
# ///
"""An idle worker freezes, the broker hands it a task, SIGKILL."""

import os
import uuid
from concurrent.futures import ThreadPoolExecutor

from celery import Celery
from redis import Redis

from acked.lab import table
from acked.services import Worker, wait_until

BROKERS = {
    "Redis": os.environ["REDIS_URL"],
    "RabbitMQ": os.environ["CELERY_BROKER_URL"],
}

app = Celery("frozen_worker")
app.conf.task_acks_late = True
redis = Redis.from_url(
    os.environ["REDIS_URL"], decode_responses=True, socket_timeout=None
)


@app.task
def charge(order):
    redis.incr(order)


class Shop:
    """The same client and worker, on one of the brokers."""

    def __init__(self, broker):
        self.broker = broker
        self.connection = app.connection_for_write(BROKERS[broker])
        self.worker = self.new_worker()

    def new_worker(self):
        env = {**os.environ, "CELERY_BROKER_URL": BROKERS[self.broker]}
        return Worker(__file__, "--concurrency=1", env)

    def send(self):
        order = str(uuid.uuid4())
        charge.apply_async([order], task_id=order, connection=self.connection)
        return order

    def in_queue(self):
        if self.broker == "Redis":
            return redis.llen("celery")
        channel = self.connection.default_channel
        return channel.queue_declare("celery", passive=True).message_count

    def send_to_frozen_worker(self):
        """Again if the worker froze just when it was not asking for a task."""
        while True:
            self.worker.freeze()
            order = self.send()
            if self.in_queue() == 0:
                return order
            self.worker.thaw()
            wait_until(lambda: redis.exists(order) and self.acknowledged())

    def acknowledged(self):
        """Nothing is left of the task that the worker took after all."""
        return self.broker != "Redis" or not redis.exists("unacked")

    # --8<-- [start:freeze]
    def crash(self):
        with self.worker:
            order = self.send_to_frozen_worker()
            self.worker.kill()

        with self.new_worker() as second:
            sent_last = self.send()
            wait_until(lambda: redis.exists(sent_last))
            second.shut_down("warm")
        return order
    # --8<-- [end:freeze]


def main():
    with ThreadPoolExecutor() as pool:
        orders = dict(
            zip(BROKERS, pool.map(lambda name: Shop(name).crash(), BROKERS))
        )
    rows = []
    for broker, order in orders.items():
        runs, state = int(redis.get(order) or 0), app.AsyncResult(order).state
        left = redis.hlen("unacked") if broker == "Redis" else "-"
        rows.append((broker, 1, runs, f"`{state}`", left))
    head = "broker", "sent", "executed", "state", "left in `unacked`"
    table(head, *rows)


if __name__ == "__main__":
    main()
