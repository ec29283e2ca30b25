# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# timeout = 240
# ///
"""A task that kills its process each time: what ends the loop?"""

import os
import signal

from celery import Celery, Task, current_task
from celery.worker.request import Request
from kombu import Queue

from acked.lab import record, table
from acked.services import Worker, wait_until


class Known(Request):
    """Notes when the parent knows which child has the task.

    The task of a child that dies before may be given to another child, without
    a new delivery.
    """

    def on_accepted(self, pid, time_accepted):
        super().on_accepted(pid, time_accepted)
        record.rpush(f"{self.id} known", pid)


class WaitsToBeKnown(Task):
    Request = Known


app = Celery("poison", task_cls=WaitsToBeKnown)


def die(where):
    record.incr(f"{where} runs")
    record.blpop(f"{current_task.request.id} known")
    os.kill(os.getpid(), signal.SIGKILL)


# --8<-- [start:tasks]
@app.task(acks_late=True, reject_on_worker_lost=True)
def poison(where):
    die(where)  # by SIGKILL, as the OOM killer does


@app.task(
    acks_late=True,
    retry_on_worker_lost=True,  # new in Celery 5.7
    max_retries=2,
    default_retry_delay=0,
)
def bounded(where):
    die(where)
# --8<-- [end:tasks]


# --8<-- [start:queues]
app.conf.task_queues = [
    Queue("classic"),
    Queue("retried"),
    Queue(
        "quorum",
        queue_arguments={
            "x-queue-type": "quorum",
            "x-delivery-limit": 2,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": "dead",
        },
    ),
]
dead = Queue("dead")
# --8<-- [end:queues]


def runs(where):
    return int(record.get(f"{where} runs") or 0)


def dead_letters(channel):
    """The reasons of all messages in the dead-letter queue."""
    reasons = []
    while message := dead.bind(channel).get(no_ack=True):
        reasons.append(message.headers["x-last-death-reason"])
    return reasons


def main():
    on_redis = {**os.environ, "CELERY_BROKER_URL": os.environ["REDIS_URL"]}
    with app.connection_for_write() as connection:
        channel = connection.default_channel
        dead.bind(channel).declare()
        with (
            Worker(__file__, "--concurrency=3"),
            Worker(__file__, "--concurrency=1 -Q redis", on_redis),
        ):
            with app.connection_for_write(os.environ["REDIS_URL"]) as other:
                poison.apply_async(["redis"], queue="redis", connection=other)
            looping = poison.apply_async(["classic"], queue="classic")
            dropped = poison.apply_async(["quorum"], queue="quorum")
            ended = bounded.apply_async(["retried"], queue="retried")
            reasons = wait_until(lambda: dead_letters(channel), 60)
            wait_until(ended.ready, 60)
            wait_until(lambda: runs("redis") > 4 and runs("classic") > 4, 60)
    reject = "`reject_on_worker_lost`"
    state = f"`{looping.state}`"
    table(
        ("`acks_late` and …", "runs", "what ended it", "state"),
        (f"{reject}, Redis", "more than 4", "nothing", state),
        (f"{reject}, classic queue", "more than 4", "nothing", state),
        (
            f"{reject}, quorum queue, `x-delivery-limit` 2",
            runs("quorum"),
            f"dead-lettered: `{', '.join(reasons)}`",
            f"`{dropped.state}`",
        ),
        (
            "`retry_on_worker_lost`, `max_retries` 2",
            runs("retried"),
            type(ended.result).__name__,
            f"`{ended.state}`",
        ),
    )


if __name__ == "__main__":
    main()
