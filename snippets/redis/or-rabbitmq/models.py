# /// script
# requires-python = ">=3.12"
# dependencies = ["redis", "kombu", "amqp"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# starts = ["valkey"]
# timeout = 60
# ///
"""Three ways to pass a message, and each server has all three."""

import os
from itertools import count

from amqp import Message
from wire import (
    PERSISTENT,
    channel_of,
    declare,
    publish,
    redis_of,
    take,
    take_all,
)

from acked.lab import table
from acked.services import Valkey

MARKS = count(1)  # a mark ends what one reader is given


def until(mark, bodies):
    """The orders before the mark; the marks of other readers left out."""
    found = list(iter(lambda: next(bodies), mark))
    return [int(body) for body in found if not body.startswith("mark")]


def redis_list(redis):
    def reader():
        return lambda: [n for n in [redis.rpop("list")] if n]

    return lambda n: redis.lpush("list", n), reader


def redis_pubsub(redis):
    def reader():
        channel = redis.pubsub(ignore_subscribe_messages=True)
        channel.subscribe("news")
        heard = (message["data"] for message in channel.listen())

        def read():
            mark = f"mark {next(MARKS)}"
            redis.publish("news", mark)
            return until(mark, heard)

        return read

    return lambda n: redis.publish("news", n), reader


def redis_stream_group(redis):
    redis.xgroup_create("jobs", "workers", mkstream=True)

    def reader():
        me = f"worker {next(MARKS)}"

        def read():
            new = redis.xreadgroup("workers", me, {"jobs": ">"}, count=1)
            for number, order in entries(new):
                redis.xack("jobs", "workers", number)
                return [order["n"]]
            return []

        return read

    return lambda n: redis.xadd("jobs", {"n": n}), reader


def redis_stream(redis):
    def reader():
        seen = ["0"]

        def read():
            new = entries(redis.xread({"log": seen[-1]}))
            seen.extend(number for number, _ in new)
            return [order["n"] for _, order in new]

        return read

    return lambda n: redis.xadd("log", {"n": n}), reader


def entries(reply):
    return [entry for _, entries in reply for entry in entries]


def rabbitmq_queue(channel):
    declare(channel, "jobs")

    def reader():
        return lambda: [n for n in [take(channel, "jobs")] if n]

    return lambda n: publish(channel, "jobs", n, **PERSISTENT), reader


def rabbitmq_fanout(channel):
    channel.exchange_declare("news", "fanout")

    def reader():
        own = channel.queue_declare(exclusive=True).queue
        channel.queue_bind(own, "news")
        return lambda: take_all(channel, own)

    return lambda n: channel.basic_publish(Message(str(n)), "news"), reader


def rabbitmq_stream(channel):
    declare(channel, "log", {"x-queue-type": "stream"})

    def reader():
        heard = subscribe(channel.connection.channel(), "log")

        def read():
            mark = f"mark {next(MARKS)}"
            publish(channel, "log", mark)
            return until(mark, heard)

        return read

    return lambda n: publish(channel, "log", n), reader


def subscribe(channel, stream):
    """A generator of all that is in a stream, and of what comes."""
    inbox = []

    def got(message):
        inbox.append(message.body)
        channel.basic_ack(message.delivery_tag)

    channel.basic_qos(0, 100, False)
    from_the_start = {"x-stream-offset": "first"}
    channel.basic_consume(stream, callback=got, arguments=from_the_start)
    while True:
        while not inbox:
            channel.connection.drain_events(timeout=20)
        yield inbox.pop(0)


# --8<-- [start:ask]
def drain(*readers):
    """What they get, reading in turn until none gets more."""
    found = []
    while new := [order for read in readers for order in read()]:
        found += new
    return found


def ask(send, reader):
    for order in range(4):
        send(order)
    first = reader()
    early = len(drain(first))
    second = reader()
    drain(second)
    for order in range(4, 8):
        send(order)
    shared = len(drain(first, second))
    return early, shared, len(drain(reader()))
# --8<-- [end:ask]


def main():
    redis = redis_of(os.environ["REDIS_URL"])
    rabbitmq = channel_of(os.environ["AMQP_URL"])
    models = {
        "list, `LPUSH` and `RPOP`": redis_list,
        "Pub/Sub": redis_pubsub,
        "stream, one consumer group": redis_stream_group,
        "stream, `XREAD`": redis_stream,
    }
    rows = []
    with Valkey() as valkey:
        for name, model in models.items():
            answer = ask(*model(redis))
            assert answer == ask(*model(redis_of(valkey.url)))
            rows.append(("Redis, Valkey", name, *answer))
    for name, model in {
        "queue": rabbitmq_queue,
        "fanout exchange, a queue each": rabbitmq_fanout,
        "stream": rabbitmq_stream,
    }.items():
        rows.append(("RabbitMQ", name, *ask(*model(rabbitmq))))
    table(
        (
            "",
            "model",
            "4 sent before anybody listened: read later",
            "4 sent to two readers: deliveries",
            "all done, a third reader gets",
        ),
        *rows,
    )


if __name__ == "__main__":
    main()
