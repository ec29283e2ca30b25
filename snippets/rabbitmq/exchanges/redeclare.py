# /// script
# requires-python = ">=3.12"
# dependencies = ["amqp", "kombu"]
#
# [tool.acked]
# services = ["rabbitmq"]
# timeout = 60
# ///
"""A durable classic queue and a direct exchange are declared once more."""

import os
import re

from amqp.exceptions import AMQPError
from kombu import Connection, Exchange, Queue

from acked.lab import table

URL = os.environ["AMQP_URL"]

# --8<-- [start:ways]
FIRST = {"durable": True, "auto_delete": False}
AGAIN = {
    "the same": {},
    "`x-queue-type` classic, said aloud": {"x-queue-type": "classic"},
    "`x-queue-type` quorum": {"x-queue-type": "quorum"},
    "`x-max-priority`": {"x-max-priority": 10},
    "`x-message-ttl`": {"x-message-ttl": 60000},
    "an argument nobody knows": {"x-no-such-thing": 1},
    "`durable=False`": {"durable": False},
    "`auto_delete=True`": {"auto_delete": True},
    "`exclusive=True`": {"exclusive": True},
}
EXCHANGE = {"type topic": "topic", "type direct": "direct"}
# --8<-- [end:ways]


def outcome(thing):
    with Connection(URL) as connection:
        # --8<-- [start:again]
        try:
            thing(connection.channel()).declare()
        except AMQPError as error:
            name, _, said = error.reply_text.partition(" - ")
            argument = re.match(r"inequivalent arg '(\S+)'", said)
            return name, argument[1] if argument else "-"
        return "accepted", "-"
        # --8<-- [end:again]


def main():
    assert outcome(Queue("orders", **FIRST))[0] == "accepted"
    assert outcome(Exchange("shop", "direct"))[0] == "accepted"
    rows = []
    for what, change in AGAIN.items():
        arguments = {k: v for k, v in change.items() if k.startswith("x-")}
        flags = {k: v for k, v in change.items() if k not in arguments}
        queue = Queue("orders", queue_arguments=arguments, **FIRST | flags)
        rows.append([f"queue, {what}", *outcome(queue)])
    for what, kind in EXCHANGE.items():
        rows.append([f"exchange, {what}", *outcome(Exchange("shop", kind))])
    table(["declared again", "answer", "named"], *rows)


if __name__ == "__main__":
    main()
