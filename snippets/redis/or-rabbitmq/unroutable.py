# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis", "kombu", "amqp"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# timeout = 60
# ///
"""A message for which there is no queue, and what its sender hears."""

import os

from amqp import Message
from kombu import Connection, Exchange
from wire import channel_of, declare, redis_of, take_all

from acked.lab import table

url = os.environ["REDIS_URL"]
redis = redis_of(url)
channel = channel_of(os.environ["AMQP_URL"], confirms=True)


# --8<-- [start:rabbitmq]
def confirmed():
    channel.exchange_declare("plain", "direct")
    channel.basic_publish(Message("x"), "plain", "slip")  # waits for it
    return "nothing: it is confirmed", "nowhere"


def mandatory():
    returned = []
    channel.events["basic_return"].add(lambda error, *_: returned.append(error))
    channel.basic_publish(Message("x"), "plain", "slip", mandatory=True)
    [error] = returned
    return f"returned: `{error.reply_text}`", "nowhere"


def alternate():
    channel.exchange_declare("unrouted", "fanout")
    declare(channel, "lost and found")
    channel.queue_bind("lost and found", "unrouted")
    watched = {"alternate-exchange": "unrouted"}
    channel.exchange_declare("watched", "direct", arguments=watched)
    channel.basic_publish(Message("x"), "watched", "slip")
    [found] = take_all(channel, "lost and found")
    return "nothing", "in the queue bound to the alternate exchange"
# --8<-- [end:rabbitmq]


# --8<-- [start:redis]
def pushed():
    length = redis.lpush("slip", "x")
    assert redis.lrange("slip", 0, -1) == ["x"]
    return f"the list's length: {length}", "in a list that nobody reads"


def announced():
    receivers = redis.publish("slip", "x")
    return f"{receivers} receivers", "nowhere"


def through_kombu():
    with Connection(url) as connection:
        producer = connection.Producer(exchange=Exchange("plain", "direct"))
        producer.publish("x", routing_key="slap")
    return "nothing", " ".join(redis.keys("*slap*")) or "nowhere"
# --8<-- [end:redis]


def main():
    ways = {
        "RabbitMQ, confirms": confirmed,
        "RabbitMQ, `mandatory`": mandatory,
        "RabbitMQ, alternate exchange": alternate,
        "Redis, `LPUSH`": pushed,
        "Redis, `PUBLISH`": announced,
        "Redis, kombu": through_kombu,
    }
    rows = [(name, *way()) for name, way in ways.items()]
    table(("a slip in the key", "the sender hears", "the message is"), *rows)


if __name__ == "__main__":
    main()
