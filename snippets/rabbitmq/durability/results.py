# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "kombu"]
#
# [tool.acked]
# services = ["rabbitmq"]
# timeout = 60
# ///
"""What result_persistent makes persistent: the answer, not the task."""

import json
import os

from celery import Celery
from kombu import Connection, Queue

from acked.lab import table
from acked.services import Worker, wait_until

app = Celery("results", backend="rpc://")
app.conf.update(json.loads(os.environ.get("SETTINGS", "{}")))


@app.task
def ship(order):
    return order


# --8<-- [start:modes]
def modes(channel, settings):
    """Delivery modes of a task and of its answer, read from the broker."""
    sender = Celery("sender")
    sender.conf.update(settings)
    for queue in ("tasks", "answers"):
        Queue(queue)(channel).declare()
    sender.send_task("results.ship", [7], queue="tasks", reply_to="answers")
    task = wait_until(lambda: channel.basic_get("tasks"))
    channel.basic_reject(task.delivery_tag, requeue=True)
    with Worker(__file__, "-Q tasks -c 1", {"SETTINGS": json.dumps(settings)}):
        answer = wait_until(lambda: channel.basic_get("answers"), 60)
    channel.basic_ack(answer.delivery_tag)
    return [one.properties["delivery_mode"] for one in (task, answer)]
# --8<-- [end:modes]


if __name__ == "__main__":
    cases = [{}, {"result_persistent": True}]
    cases += [{"task_default_delivery_mode": "transient"}]
    rows = []
    with Connection(os.environ["CELERY_BROKER_URL"]) as connection:
        for settings in cases:
            said = ", ".join(f"`{k}={v!r}`" for k, v in settings.items())
            channel = connection.channel()
            rows.append([said or "none", *modes(channel, settings)])
    table(["settings", "task: delivery mode", "its answer"], *rows)
