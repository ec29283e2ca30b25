# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis", "kombu", "amqp"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# timeout = 60
# ///
"""Who gets a message by its key, and who decides that."""

import os

from amqp import Message
from kombu import Connection, Exchange, Queue
from wire import channel_of, declare, redis_of, take_all

from acked.lab import table

url = os.environ["REDIS_URL"]
redis = redis_of(url)
channel = channel_of(os.environ["AMQP_URL"])
KEYS = ("order", "order.paid", "order.paid.eu")

# --8<-- [start:patterns]
PATTERNS = ("order.*", "order.#", "*.*.eu")


def by_rabbitmq():
    channel.exchange_declare("orders", "topic")
    for pattern in PATTERNS:
        declare(channel, pattern)
        channel.queue_bind(pattern, "orders", pattern)
    for key in KEYS:
        channel.basic_publish(Message(key), "orders", key)
    return [take_all(channel, pattern) for pattern in PATTERNS]


def by_pattern_subscriptions():
    subscriber = redis.pubsub(ignore_subscribe_messages=True)
    subscriber.psubscribe(*PATTERNS, "end")
    for key in (*KEYS, "end"):
        redis.publish(key, key)
    heard = []
    for message in subscriber.listen():
        if message["data"] == "end":
            break
        heard.append((message["pattern"], message["data"]))
    return [[key for p, key in heard if p == wanted] for wanted in PATTERNS]


def by_kombu_on_redis():
    orders = Exchange("orders", "topic")
    with Connection(url) as connection:
        for pattern in PATTERNS:
            Queue(pattern, orders, pattern)(connection).declare()
        for key in KEYS:
            connection.Producer(exchange=orders).publish(key, routing_key=key)
        queues = [connection.SimpleQueue(pattern) for pattern in PATTERNS]
        return [list(iter(lambda q=q: pop(q), None)) for q in queues]
# --8<-- [end:patterns]


def pop(queue):
    if not redis.llen(queue.queue.name):
        return None
    message = queue.get(block=False)
    message.ack()
    return message.payload


def main():
    ways = {
        "RabbitMQ, topic exchange": by_rabbitmq,
        "Redis, `PSUBSCRIBE`": by_pattern_subscriptions,
        "Redis, kombu's topic exchange": by_kombu_on_redis,
    }
    rows = []
    for name, way in ways.items():
        cells = [", ".join(f"`{key}`" for key in keys) for keys in way()]
        rows.append((name, *[cell or "nothing" for cell in cells]))
    table(("", *[f"`{pattern}`" for pattern in PATTERNS]), *rows)


if __name__ == "__main__":
    main()
