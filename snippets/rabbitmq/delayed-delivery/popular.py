# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# timeout = 90
# ///
"""A route to a queue that is called "delayed": does it delay?"""

from celery import Celery

from acked.lab import note, runs
from acked.services import Worker, wait_until

# --8<-- [start:popular]
app = Celery("popular")
app.conf.task_routes = {"popular.slow_task": {"queue": "delayed"}}
# --8<-- [end:popular]


@app.task
def slow_task():
    note("slow_task")


@app.task
def in_10_s():
    note("in_10_s")


# --8<-- [start:compare]
def compare():
    in_10_s.apply_async(countdown=10, queue="delayed")
    slow_task.delay()
    wait_until(lambda: runs("slow_task"), 60)
    print("slow_task has run:", runs("slow_task"))
    print("a countdown of 10 s, sent before it, has run:", runs("in_10_s"))
    with app.connection_for_read() as connection:
        queue = app.amqp.queues["delayed"]
        queue(connection).queue_declare(passive=True)
    print("arguments of the queue:", queue.queue_arguments or "none")
# --8<-- [end:compare]


if __name__ == "__main__":
    with Worker(__file__, "--concurrency=1 -Q delayed"):
        compare()
