"""Queues at one topic exchange, which passes on what does not fit."""

from celery import Celery
from kombu import Exchange, Queue

from acked.lab import note

# --8<-- [start:app]
app = Celery("orders")
shop = Exchange("shop", "topic", arguments={"alternate-exchange": "unrouted"})
unrouted = Exchange("unrouted", "fanout")
app.conf.task_queues = [
    Queue("invoices", shop, routing_key="order.paid"),
    Queue("audit", shop, routing_key="order.#"),
    Queue("lost", unrouted),
]


@app.task
def event(what):
    note(what)
# --8<-- [end:app]


def declare(connection):
    channel = connection.default_channel
    for queue in app.conf.task_queues:
        queue(channel).declare()
