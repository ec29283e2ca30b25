# /// script
# requires-python = ">=3.12"
# dependencies = ["amqp", "celery[redis]", "redis"]
#
# [tool.acked]
# services = ["rabbitmq", "redis"]
# timeout = 150
# ///
"""Which queues of RabbitMQ sort, and what task_queue_max_priority does."""

import json
import os
from concurrent.futures import ThreadPoolExecutor

from amqp.exceptions import PreconditionFailed
from celery import Celery
from redis import Redis

from acked.lab import table
from acked.services import ServiceError, Worker, wait_until

record = Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)


# --8<-- [start:app]
def shop(kind, max_priority):
    app = Celery("max_priority", set_as_current=False)
    app.conf.task_default_queue = f"{kind}-{max_priority}"
    app.conf.task_default_queue_type = kind
    app.conf.task_queue_max_priority = max_priority

    @app.task(name="note")
    def note(queue, priority):
        record.rpush(queue, priority)

    return app, note
# --8<-- [end:app]


if case := os.environ.get("CASE"):  # in a worker
    app = shop(*json.loads(case))[0]


def send(note, queue):
    # --8<-- [start:send]
    for priority in 5, 9, 0, None, 3:
        note.apply_async([queue, str(priority)], priority=priority)
    # --8<-- [end:send]


def row(case):
    kind, max_priority = case
    app, note = shop(*case)
    queue = app.conf.task_default_queue
    env = {**os.environ, "CASE": json.dumps(case)}
    worker = Worker(
        __file__, "--concurrency=1 --prefetch-multiplier=1 --pool=solo", env
    )
    try:
        send(note, queue)
        with worker:
            wait_until(lambda: record.llen(queue) == 5, 60)
        sender = starts = "yes"
        order = " ".join(record.lrange(queue, 0, -1))
    except PreconditionFailed as error:
        assert "invalid arg 'x-max-priority'" in str(error), error
        sender, order = "`PRECONDITION_FAILED`", "-"
        starts = start(worker)
    return [kind, max_priority or "not set", sender, starts, order]


def start(worker):
    """What a worker says that does not get its queue."""
    try:
        with worker:
            return "yes"
    except ServiceError as died:
        assert "PRECONDITION_FAILED" in str(died), died
        return "`PRECONDITION_FAILED`"


def main():
    kinds = ("classic", "quorum")
    cases = [(kind, highest) for kind in kinds for highest in (None, 10)]
    head = ["queue", "`task_queue_max_priority`", "sent", "worker starts"]
    head += ["5 9 0 None 3 run as"]
    with ThreadPoolExecutor() as pool:
        table(head, *pool.map(row, cases))


if __name__ == "__main__":
    main()
