# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "kombu"]
#
# [tool.acked]
# services = ["rabbitmq"]
# ///
"""`Queue("default", durable=True)`: as it is often written, and mended."""

from celery import Celery
from kombu import Queue


def ship(order):
    """The task; no worker runs it here."""


def where_it_went(app: Celery) -> str:
    found = {}
    with app.connection() as connection:
        for name in ("celery", "default"):
            queue = Queue(name)(connection.default_channel)
            queue.declare()
            found[name] = queue.get(no_ack=True)
    [went] = [name for name, task in found.items() if task]
    [read] = app.amqp.queues.consume_from
    return f"sent to `{went}`, a worker reads `{read}`"


# --8<-- [start:popular]
app = Celery("as written")
app.conf.task_queues = Queue("default", durable=True)
try:
    app.task(ship).delay(7)
except TypeError as error:
    print("as written: TypeError,", error)

app = Celery("as a list")
app.conf.task_queues = [Queue("default", durable=True)]
app.task(ship).delay(7)
print("as a list:", where_it_went(app))
# --8<-- [end:popular]

# --8<-- [start:mended]
app = Celery("mended")
app.conf.task_default_queue = "default"
app.task(ship).delay(7)
print("mended:", where_it_went(app))
# --8<-- [end:mended]
