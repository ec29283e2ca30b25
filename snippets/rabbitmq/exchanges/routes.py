# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "kombu"]
#
# [tool.acked]
# services = ["rabbitmq"]
# timeout = 90
# ///
"""Where Celery's settings for routing send one task."""

import os

from celery import Celery
from kombu import Connection, Exchange, Queue

from acked.lab import table

URL = os.environ["AMQP_URL"]
# --8<-- [start:settings]
DIRECT = [Queue("tasks", Exchange("default"), routing_key="task_queue")]
TOPIC = [Queue("paid", Exchange("shop", "topic"), routing_key="order.paid.#")]
CASES = [
    ("nothing", {}),
    ("`DIRECT`", {"task_queues": DIRECT}),
    ("`DIRECT`", {"task_queues": DIRECT, "task_default_queue": "tasks"}),
    ("`DIRECT`", {"task_queues": DIRECT, "task_routes": {
        "ship": {"queue": "tasks"}}}),
    ("`DIRECT`", {"task_queues": DIRECT, "task_routes": {
        "ship": {"queue": "tasks", "routing_key": "slip"}}}),
    ("`DIRECT`", {"task_queues": DIRECT, "task_routes": {
        "ship": {"exchange": "default"}}}),
    ("`DIRECT`", {"task_queues": DIRECT, "task_routes": {
        "ship": {"routing_key": "task_queue"}}}),
    ("`DIRECT`", {"task_queues": DIRECT, "task_routes": {
        "ship": {"exchange": "default", "routing_key": "task_queue"}}}),
    ("`TOPIC`", {"task_queues": TOPIC, "task_routes": {
        "ship": {"queue": "paid", "routing_key": "order.paid.eu"}}}),
    ("`TOPIC`", {"task_queues": TOPIC, "task_routes": {
        "ship": {"queue": "paid", "routing_key": "slip"}}}),
]
# --8<-- [end:settings]


def sent(number, settings):
    app = Celery(f"case {number}", broker=URL, set_as_current=False)
    app.conf.update(settings)
    app.conf.broker_transport_options = {"confirm_publish": True}
    app.send_task("ship", [7])
    return "reads it" if reads(app, task := found()) else "does not", task


def reads(app, task):
    return task and task.delivery_info["queue"] in app.amqp.queues.consume_from


def found():
    """The one task, out of whichever queue it is in."""
    with Connection(URL) as connection:
        for name in "celery", "tasks", "paid":
            queue = Queue(name)(connection.channel())
            queue.queue_declare()
            if task := queue.get(no_ack=True):
                task.delivery_info["queue"] = name
                return task
    return None


def main():
    rows = []
    for number, (queues, settings) in enumerate(CASES):
        worker, task = sent(number, settings)
        route = settings.get("task_routes", {}).get("ship", {})
        extra = {k: v for k, v in settings.items() if "default" in k}
        said = ", ".join(f"{k} `{v}`" for k, v in (extra | route).items())
        way = "-", "-", "-"
        if task:
            info = task.delivery_info
            exchange = info["exchange"] or "(default)"
            way = info["queue"], exchange, info["routing_key"]
        rows.append([queues, said or "-", *way, worker])
    head = ["queues", "route or default", "it is in", "exchange", "key"]
    table([*head, "a worker"], *rows)


if __name__ == "__main__":
    main()
