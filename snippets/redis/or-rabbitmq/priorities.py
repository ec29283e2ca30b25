# /// script
# requires-python = ">=3.12"
# dependencies = ["redis", "kombu", "amqp"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# starts = ["valkey"]
# timeout = 60
# ///
"""Six messages with priorities: in which order are they read?"""

import os

from wire import QUORUM, channel_of, declare, publish, redis_of, take_all

from acked.lab import table
from acked.services import Valkey

rabbitmq = channel_of(os.environ["AMQP_URL"])
# --8<-- [start:priorities]
PRIORITIES = {1: 0, 4: 9, 3: 5, 2: 9, 5: 1, 6: 4}  # message: priority
QUEUES = {
    "RabbitMQ classic queue": None,
    "RabbitMQ classic queue, `x-max-priority` 9": {"x-max-priority": 9},
    "RabbitMQ quorum queue": QUORUM,
}


def from_sorted_set(redis):
    for order, priority in PRIORITIES.items():
        redis.zadd("orders", {order: -priority})
    return [order for order, _ in redis.zpopmin("orders", 6)]


def from_queue(queue):
    declare(rabbitmq, queue, QUEUES[queue])
    for order, priority in PRIORITIES.items():
        publish(rabbitmq, queue, order, priority=priority)
    return take_all(rabbitmq, queue)
# --8<-- [end:priorities]


def main():
    redis = redis_of(os.environ["REDIS_URL"])
    with Valkey() as valkey:
        ordered = from_sorted_set(redis)
        assert ordered == from_sorted_set(redis_of(valkey.url))
    rows = [("Redis, Valkey: sorted set, `ZPOPMIN`", " ".join(ordered))]
    rows += [(queue, " ".join(from_queue(queue))) for queue in QUEUES]
    head = "sent 1 4 3 2 5 6, priorities 0 9 5 9 1 4"
    table((head, "read in the order"), *rows)


if __name__ == "__main__":
    main()
