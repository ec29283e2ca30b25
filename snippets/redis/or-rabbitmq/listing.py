# /// script
# requires-python = ">=3.12"
# dependencies = ["redis", "kombu", "amqp"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["rabbitmq"]
# timeout = 60
# ///
"""A consumer holds three of ten messages: what an operator is told."""

import os

from wire import channel_of, declare, publish, redis_of

from acked.lab import table
from acked.services import RabbitMQ

redis = redis_of(os.environ["REDIS_URL"])


# --8<-- [start:ask]
def ask_redis_about_the_list():
    redis.lpush("list", *range(10))
    redis.rpop("list", 3)
    return redis.llen("list"), "not told"


def ask_redis_about_the_group():
    for order in range(10):
        redis.xadd("stream", {"n": order})
    redis.xgroup_create("stream", "workers", id="0")
    redis.xreadgroup("workers", "one", {"stream": ">"}, count=3)
    [group] = redis.xinfo_groups("stream")
    return group["lag"], group["pending"]


def ask_rabbitmq():
    with RabbitMQ() as node:
        channel = channel_of(node.url)
        publish(channel, declare(channel, "queue"), *range(10))
        for _ in range(3):
            channel.basic_get("queue")
        columns = ("messages_ready", "messages_unacknowledged")
        said = node.rabbitmqctl("list_queues", "--no-table-headers", *columns)
        return said.split()
# --8<-- [end:ask]


def main():
    table(
        ("ten messages, three in progress", "waiting", "in progress"),
        ("Redis list, `LLEN`", *ask_redis_about_the_list()),
        ("Redis stream, `XINFO GROUPS`", *ask_redis_about_the_group()),
        ("RabbitMQ, `rabbitmqctl list_queues`", *ask_rabbitmq()),
    )


if __name__ == "__main__":
    main()
