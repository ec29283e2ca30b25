# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["rabbitmq", "redis"]
# timeout = 120
# ///
"""A classic queue of RabbitMQ sorts only if it is declared to."""

import os

from celery import Celery
from kombu import Queue
from redis import Redis

from acked.services import Worker, wait_until

app = Celery("max_priority")
record = Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)

# --8<-- [start:queues]
app.conf.task_queues = [
    Queue("plain"),
    Queue("sorted", queue_arguments={"x-max-priority": 10}),
]


@app.task
def note(queue, priority):
    record.rpush(queue, priority)
# --8<-- [end:queues]


def all_four(queue):
    wait_until(lambda: record.llen(queue) == 4, 60)
    return record.lrange(queue, 0, -1)


def main():
    # --8<-- [start:send]
    for queue in "plain", "sorted":
        for priority in 5, 9, 0, 3:
            options = {"queue": queue, "priority": priority}
            note.apply_async([queue, priority], **options)
    # --8<-- [end:send]
    flags = "--concurrency=1 --prefetch-multiplier=1 --queues=plain,sorted"
    with Worker(__file__, flags):
        for queue in "plain", "sorted":
            print(f"{queue}:", *all_four(queue))


if __name__ == "__main__":
    main()
