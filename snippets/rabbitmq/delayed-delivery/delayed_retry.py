# /// script
# requires-python = ">=3.12"
# dependencies = ["kombu", "amqp"]
#
# [tool.acked]
# services = ["rabbitmq"]
# starts = ["rabbitmq"]
# environments = ["trixie"]
# timeout = 90
# ///
"""A quorum queue of 4.3 delays what a consumer gives back."""

import os
import time

from amqp_wire import QUORUM, channel_of, declare, publish

from acked.lab import table
from acked.services import RabbitMQ


# --8<-- [start:retry]
def give_back(url, queue, arguments):
    channel = channel_of(url)
    declare(channel, queue, QUORUM | arguments)
    publish(channel, queue, 1, 2)
    message = channel.basic_get(queue)
    given_back = time.monotonic()
    channel.basic_reject(message.delivery_tag, requeue=True)
    got = []
    channel.basic_consume(queue, no_ack=True, callback=got.append)
    while len(got) < 2:
        channel.connection.drain_events(timeout=60)
    order = " ".join(message.body for message in got)
    if order == "2 1":
        assert time.monotonic() - given_back >= 2  # as x-delayed-retry-min
    return order
# --8<-- [end:retry]


def main():
    # --8<-- [start:arguments]
    delayed = {"x-delayed-retry-type": "all", "x-delayed-retry-min": 2000}
    # --8<-- [end:arguments]
    here = os.environ["AMQP_URL"]
    rows = [
        ["4.3, no argument", give_back(here, "plain", {})],
        ["4.3, `x-delayed-retry-type`", give_back(here, "delayed", delayed)],
    ]
    with RabbitMQ(servers="trixie") as node:
        answer = give_back(node.url, "delayed", delayed)
        rows.append(["4.0, `x-delayed-retry-type`", answer])
    table(
        ["RabbitMQ, quorum queue", "1 is given back; read then"],
        *rows,
    )


if __name__ == "__main__":
    main()
