# /// script
# requires-python = ">=3.12"
# dependencies = ["amqp", "celery", "kombu"]
#
# [tool.acked]
# services = ["rabbitmq"]
# timeout = 90
# ///
"""Celery sends a task that no binding fits, and then a right one."""

import os
import re
import select

from amqp.exceptions import AMQPError
from celery import Celery
from kombu import Connection, Exchange, Queue, pools

from acked.lab import table
from acked.services import wait_until

URL = os.environ["AMQP_URL"]
# --8<-- [start:cases]
SLIP = {"exchange": "shop", "routing_key": "slip"}
CONFIRMS = {"confirm_publish": True}
CASES = {
    "a slip in the key": (SLIP, {}),
    "the same, confirms": (SLIP, CONFIRMS),
    "the same, `mandatory`": ({**SLIP, "mandatory": True}, {}),
    "the same, both": ({**SLIP, "mandatory": True}, CONFIRMS),
    "alternate exchange": ({**SLIP, "exchange": "watched"}, CONFIRMS),
    "no such exchange": ({**SLIP, "exchange": "shap"}, {}),
    "no such exchange, confirms": ({**SLIP, "exchange": "shap"}, CONFIRMS),
    "a slip in the queue": ({"queue": "oders"}, CONFIRMS),
}
# --8<-- [end:cases]

# --8<-- [start:declare]
lost = Queue("lost and found", Exchange("unrouted", "fanout"))
watched = Exchange(
    "watched", "direct", arguments={"alternate-exchange": "unrouted"}
)
shop = Queue("orders", Exchange("shop", "direct"), routing_key="paid")
# --8<-- [end:declare]


def sent(app, **options):
    # --8<-- [start:send]
    try:
        app.send_task("ship", [7], **options)
    except AMQPError as error:
        reason = re.search("[A-Z]+_[A-Z]+", str(error))[0]
        return f"raises `{type(error).__name__}`, {reason}"
    return "returns"
    # --8<-- [end:send]


def heard(app):
    """Leaves the broker time for an answer that nobody waits for."""
    with app.producer_pool.acquire(block=True) as producer:
        socket = producer.channel.connection.sock
        select.select([socket], [], [], 3)


def length(channel, name):
    options = {"durable": True, "auto_delete": False}
    return channel.queue_declare(name, **options).message_count


def where(channel, names):
    """The queues with the wrongly sent task; they are emptied."""
    found = []
    for name in names:
        found += [name] * length(channel, name)
        channel.queue_purge(name)
    return ", ".join(found) or "nowhere"


def main():
    rows = []
    with Connection(URL) as connection:
        channel = connection.channel()
        for thing in lost, watched, shop:
            thing(channel).declare()
        for number, (what, (options, transport)) in enumerate(CASES.items()):
            app = Celery(f"case {number}", broker=URL, set_as_current=False)
            app.conf.broker_transport_options = transport
            app.conf.task_default_queue = f"right-{number}"
            first = sent(app, **options)
            if not transport:
                heard(app)
            # Looking declares, so only a queue that the case may have made.
            named = [options["queue"]] if "queue" in options else []
            there = where(channel, ["orders", "lost and found", *named])
            second = sent(app)  # nothing is wrong with this one
            pools.reset()
            right = app.conf.task_default_queue
            if second == "returns":
                wait_until(lambda name=right: length(channel, name) == 1, 30)
            is_in = where(channel, [right])
            rows.append([what, first, there, second, is_in])
    head = "Celery sends with", "it", "the task is in", "the next one"
    table([*head, "which is in"], *rows)


if __name__ == "__main__":
    main()
