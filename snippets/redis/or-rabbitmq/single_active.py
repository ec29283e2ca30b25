# /// script
# requires-python = ">=3.12"
# dependencies = ["redis", "kombu", "amqp"]
#
# [tool.acked]
# services = ["rabbitmq"]
# timeout = 60
# ///
"""Two consumers on one queue: how six messages are shared."""

import os

from wire import channel_of, declare, publish

from acked.lab import table

rabbitmq = channel_of(os.environ["AMQP_URL"])


# --8<-- [start:two]
def two_consumers(queue, arguments):
    """How many of six messages each of two consumers is given."""
    declare(rabbitmq, queue, arguments)
    counts = [consume(queue), consume(queue)]
    publish(rabbitmq, queue, *range(6))
    while sum(map(len, counts)) < 6:
        rabbitmq.connection.drain_events(timeout=20)
    return " and ".join(str(len(found)) for found in counts)
# --8<-- [end:two]


def consume(queue):
    channel, found = rabbitmq.connection.channel(), []

    def got(message):
        found.append(message.body)
        channel.basic_ack(message.delivery_tag)

    channel.basic_qos(0, 1, False)
    channel.basic_consume(queue, callback=got)
    return found


def main():
    single = {"x-single-active-consumer": True}
    table(
        ("two consumers, six messages", "consumer 1 and 2 are given"),
        ("classic queue", two_consumers("shared", None)),
        ("`x-single-active-consumer`", two_consumers("single", single)),
    )


if __name__ == "__main__":
    main()
