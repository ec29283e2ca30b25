"""Plain AMQP with confirms, as several snippets of this page need it."""

import os
from concurrent.futures import ThreadPoolExecutor

from amqp import Message
from kombu import Connection

from acked.services import RabbitMQ

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


def on_each_version(ask):
    """What `ask(url)` returns with RabbitMQ 3.10, 4.0 and 4.3."""
    older = [RabbitMQ(servers=suite) for suite in ("bookworm", "trixie")]

    def started(node):
        with node:
            return ask(node.url)

    with ThreadPoolExecutor() as pool:
        answers = [pool.submit(started, node) for node in older]
        answers.append(pool.submit(ask, os.environ["AMQP_URL"]))
        return [answer.result() for answer in answers]
