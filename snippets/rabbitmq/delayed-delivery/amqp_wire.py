"""Plain AMQP with confirms, as several snippets of this page need it."""

from amqp import Message
from kombu import Connection

QUORUM = {"x-queue-type": "quorum"}
TYPES = {"classic": {}, "quorum": QUORUM}


def channel_of(url):
    options = {"confirm_publish": True}
    return Connection(url, transport_options=options).channel()


def declare(channel, queue, arguments=None):
    """A durable queue; classic, unless the arguments name another type."""
    channel.queue_declare(
        queue, durable=True, auto_delete=False, arguments=arguments
    )


def publish(channel, queue, *bodies, **properties):
    for body in bodies:
        message = Message(str(body), delivery_mode=2, **properties)
        channel.basic_publish(message, routing_key=queue)


def length(channel, queue):
    return channel.queue_declare(queue, passive=True).message_count


def take(channel, queue):
    """The next message, or None."""
    return channel.basic_get(queue, no_ack=True)
