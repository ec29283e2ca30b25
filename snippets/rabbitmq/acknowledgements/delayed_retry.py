# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu", "redis"]
#
# [tool.acked]
# services = ["rabbitmq", "redis"]
# worker = "--concurrency=2"
# timeout = 120
# ///
"""RabbitMQ 4.3 can wait before it delivers a returned message again."""

from time import time

from celery import Celery
from celery.exceptions import Reject
from kombu import Queue

from acked.lab import record, table
from acked.services import wait_until

app = Celery("delayed_retry")
# --8<-- [start:queues]
END = {
    "x-queue-type": "quorum",
    "x-delivery-limit": 3,
    "x-dead-letter-exchange": "",
    "x-dead-letter-routing-key": "dead",
}
PAUSE = {
    "x-delayed-retry-type": "all",
    "x-delayed-retry-min": 1000,  # ms, times the number of failures
    "x-delayed-retry-max": 60_000,
}
app.conf.task_queues = [
    Queue("at once", queue_arguments=END),
    Queue("with a pause", queue_arguments=END | PAUSE),
]


@app.task(acks_late=True)
def charge(queue):
    record.rpush(queue, time())
    raise Reject("the payment service is down", requeue=True)
# --8<-- [end:queues]


def dead_letters(channel):
    return channel.queue_declare("dead", passive=True).message_count


def main():
    names = [queue.name for queue in app.conf.task_queues]
    with app.connection() as connection:
        channel = connection.default_channel
        Queue("dead")(channel).declare()
        for name in names:
            charge.apply_async([name], queue=name)
        wait_until(lambda: dead_letters(channel) == len(names), 60)
    rows = [["queue", "runs", "pauses above 0.9, 1.8, 2.7 s", "in the end"]]
    for name in names:
        times = [float(moment) for moment in record.lrange(name, 0, -1)]
        pauses = [after - before for before, after in zip(times, times[1:])]
        # a tenth less than the minimum says, for two clocks measure it
        waited = [pause > 0.9 * n for n, pause in enumerate(pauses, 1)]
        said = "yes" if all(waited) else "no"
        rows += [[name, len(times), said, "dead-lettered"]]
    table(*rows)


if __name__ == "__main__":
    main()
