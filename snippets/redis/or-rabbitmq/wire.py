"""Plain commands to Redis and plain AMQP to RabbitMQ: no Celery between."""

from amqp import Message
from kombu import Connection
from redis import Redis

QUORUM = {"x-queue-type": "quorum"}
PERSISTENT = {"delivery_mode": 2}


def redis_of(url):
    return Redis.from_url(
        url, decode_responses=True, protocol=2, socket_timeout=30
    )


def channel_of(url, confirms=True):
    options = {"confirm_publish": True} if confirms else {}
    return Connection(url, transport_options=options).channel()


def declare(channel, queue, arguments=None):
    """A durable queue; classic, unless the arguments name another type."""
    channel.queue_declare(
        queue, durable=True, auto_delete=False, arguments=arguments
    )
    return queue


def publish(channel, queue, *bodies, **properties):
    for body in bodies:
        message = Message(str(body), **properties)
        channel.basic_publish(message, routing_key=queue)


def take(channel, queue):
    """The body of the next message, or None."""
    message = channel.basic_get(queue, no_ack=True)
    return message and message.body


def take_all(channel, queue):
    return list(iter(lambda: take(channel, queue), None))


def knows_quorum_queue(node, queue):
    """A young quorum queue is not in this file yet; not the matter here."""
    [directory] = (node.home / "data").glob("*/quorum/*/names.dets")
    return queue.encode() in directory.read_bytes()
