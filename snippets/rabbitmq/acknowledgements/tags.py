# /// script
# requires-python = ">=3.12"
# dependencies = ["amqp", "kombu"]
#
# [tool.acked]
# services = ["rabbitmq"]
# timeout = 60
# ///
"""Delivery tags: one ack for several messages, and acks that are wrong."""

import os

from amqp.exceptions import PreconditionFailed
from kombu import Connection, Queue

from acked.services import wait_until

URL = os.environ.get("AMQP_URL", "amqp://guest:guest@localhost:5672//")


def filled(connection, name):
    """A queue with four messages; three are taken on a new channel."""
    queue = Queue(name)(connection.channel())
    queue.declare()
    with connection.Producer() as producer:
        for number in range(1, 5):
            producer.publish(number, routing_key=name)
    return queue, [wait_until(queue.get) for _ in range(3)]


def left_in(name, number):
    """What another consumer finds, once so many are there."""
    found = []
    with Connection(URL) as connection:
        channel = connection.default_channel
        queue = Queue(name)(channel)
        declare = channel.queue_declare
        wait_until(lambda: declare(name, passive=True)[1] == number)
        while message := queue.get(no_ack=True):
            found.append(message.payload)
    return found


def multiple():
    with Connection(URL) as connection:
        # --8<-- [start:multiple]
        queue, (one, two, three) = filled(connection, "multiple")
        two.ack(multiple=True)
        # --8<-- [end:multiple]
    found = left_in("multiple", 2)
    print(f"ack(multiple=True) on the second of three: {found}")


def twice():
    with Connection(URL) as connection:
        queue, (one, two, three) = filled(connection, "twice")
        # --8<-- [start:twice]
        one.ack()
        queue.channel.basic_ack(one.delivery_tag)
        # --8<-- [end:twice]
        print("the same tag acknowledged twice:", refusal(queue.channel))
        print("then the queue has", left_in("twice", 3))


def other_channel():
    with Connection(URL) as connection:
        queue, (one, two, three) = filled(connection, "other")
        # --8<-- [start:other]
        other = connection.channel()
        other.basic_ack(one.delivery_tag)
        # --8<-- [end:other]
        print("acknowledged on another channel:", refusal(other))
        print("then the queue has", left_in("other", 1))
        one.ack()  # on the channel that it came on
        two.requeue()
        print("the first channel acks 1, returns 2:", left_in("other", 1))


def refusal(channel):
    """The error with which the broker closes the channel."""
    try:
        channel.connection.drain_events(timeout=30)
    except PreconditionFailed as error:
        return error.reply_text


if __name__ == "__main__":
    multiple()
    twice()
    other_channel()
