# /// script
# requires-python = ">=3.12"
# dependencies = ["redis", "kombu", "amqp"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# timeout = 90
# ///
"""Six messages, sent in the order 1 to 6: in which order are they read?"""

import os

from wire import QUORUM, channel_of, declare, publish, redis_of, take_all

from acked.lab import table
from acked.services import wait_until

redis = redis_of(os.environ["REDIS_URL"])
rabbitmq = channel_of(os.environ["AMQP_URL"])
ORDERS = range(1, 7)


# --8<-- [start:list]
def from_list():
    redis.lpush("list", *ORDERS)
    yield redis.rpop("list", 6)  # one reader

    redis.lpush("list", *ORDERS)
    redis.rpop("list", 3)  # by a reader that dies
    yield redis.rpop("list", 6)

    redis.lpush("list", *ORDERS)
    first, *_ = redis.rpop("list", 3)
    redis.rpush("list", first)  # given back, to the end that is read
    yield redis.rpop("list", 6)
# --8<-- [end:list]


# --8<-- [start:stream]
def from_stream():
    stream = new_stream("one reader")
    yield read(stream, 6)

    stream = new_stream("a reader dies")
    read(stream, 3, done=())
    yield read(stream, 6) + claim(stream)

    stream = new_stream("one is not acknowledged")
    read(stream, 3, done=("2", "3"))
    yield read(stream, 6) + claim(stream)
# --8<-- [end:stream]


def new_stream(name):
    for order in ORDERS:
        redis.xadd(name, {"n": order})
    redis.xgroup_create(name, "workers", id="0")
    return name


def read(stream, count, done=("1", "2", "3", "4", "5", "6")):
    [(_, entries)] = redis.xreadgroup("workers", "me", {stream: ">"}, count)
    for number, order in entries:
        if order["n"] in done:
            redis.xack(stream, "workers", number)
    return [order["n"] for _, order in entries]


def claim(stream):
    _, entries, _ = redis.xautoclaim(stream, "workers", "me", 0)
    return [order["n"] for _, order in entries]


# --8<-- [start:queue]
def from_queue(queue, arguments):
    declare(rabbitmq, queue, arguments)
    publish(rabbitmq, queue, *ORDERS)
    yield take_all(rabbitmq, queue)

    publish(rabbitmq, queue, *ORDERS)
    dying = rabbitmq.connection.channel()
    hold(dying, queue)
    dying.close()  # RabbitMQ takes back what it held
    wait_until(lambda: ready(queue) == 6)
    yield take_all(rabbitmq, queue)

    publish(rabbitmq, queue, *ORDERS)
    first, second, third = hold(rabbitmq, queue)
    rabbitmq.basic_reject(first, requeue=True)
    rabbitmq.basic_ack(second)
    rabbitmq.basic_ack(third)
    wait_until(lambda: ready(queue) == 4)
    yield take_all(rabbitmq, queue)
# --8<-- [end:queue]


def ready(queue):
    return rabbitmq.queue_declare(queue, passive=True).message_count


def hold(channel, queue):
    return [channel.basic_get(queue).delivery_tag for _ in range(3)]


def main():
    columns = {
        "Redis list": from_list(),
        "Redis stream, group": from_stream(),
        "RabbitMQ classic": from_queue("classic", None),
        "RabbitMQ quorum": from_queue("quorum", QUORUM),
    }
    cases = (
        "one reader",
        "a reader dies with 1 2 3; the next one",
        "1 2 3 read, 2 3 done, 1 given back; then",
    )
    rows = zip(cases, *columns.values(), strict=True)
    table(
        ("read in the order", *columns),
        *((case, *map(" ".join, cells)) for case, *cells in rows),
    )


if __name__ == "__main__":
    main()
