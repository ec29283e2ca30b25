# /// script
# requires-python = ">=3.12"
# dependencies = ["redis", "kombu", "amqp"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# starts = ["valkey"]
# timeout = 120
# ///
"""A consumer holds five of eight messages; it is killed, or frozen."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import wire
from wire import PERSISTENT, channel_of, declare, publish, redis_of, take_all

from acked.lab import table
from acked.services import Valkey, wait_until

HOLDER = Path(__file__).with_name("holder.py")
QUEUES = {"no_ack": None, "ack": None, "quorum": wire.QUORUM, "heartbeat": None}
NAMES = {
    "pop": "Redis, Valkey: list, `BRPOP`",
    "move": "Redis, Valkey: list, `BLMOVE`",
    "group": "Redis, Valkey: stream, consumer group",
    "no_ack": "RabbitMQ: `no_ack`",
    "ack": "RabbitMQ: acknowledgements",
    "quorum": "RabbitMQ: acknowledgements, quorum queue",
    "heartbeat": "RabbitMQ: acknowledgements, heartbeat of 2 s",
}


@contextmanager
def holder(way, url):
    argv = [sys.executable, str(HOLDER), way, url]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "holds\n"
            yield process
        finally:
            process.kill()


# --8<-- [start:second]
def second_pop(redis):
    return lambda: redis.lpop("pop", 8) or [], lambda: []


def second_move(redis):
    def give_back():
        back = []
        while redis.lmove("move of holder", "move"):
            back.append(redis.rpop("move"))
        return back

    return lambda: redis.lpop("move", 8) or [], give_back


def second_group(redis):
    def read():
        [(_, new)] = redis.xreadgroup("workers", "second", {"group": ">"})
        redis.xack("group", "workers", *[number for number, _ in new])
        return new

    def claim():
        _, claimed, _ = redis.xautoclaim("group", "workers", "second", 0)
        return claimed

    return read, claim
# --8<-- [end:second]


SECONDS = {"pop": second_pop, "move": second_move, "group": second_group}


def on_redis(url, way, end):
    redis = redis_of(url)
    redis.delete(way, f"{way} of holder")
    if way == "group":
        redis.xgroup_create("group", "workers", mkstream=True)
    for order in range(8):
        if way == "group":
            redis.xadd("group", {"n": order})
        else:
            redis.lpush(way, order)
    read, claim = SECONDS[way](redis)
    with holder(way, url) as process:
        process.send_signal(end)
        by_itself = len(read())
        return by_itself, by_itself + len(claim())


def on_rabbitmq(url, end):
    channel = channel_of(url)
    queues = {way: f"{way} {end.name}" for way in QUEUES}
    for way, arguments in QUEUES.items():
        declare(channel, queues[way], arguments)
        publish(channel, queues[way], *range(8), **PERSISTENT)

    def consumers(way):
        declared = channel.queue_declare(queues[way], passive=True)
        return declared.consumer_count

    noticed = QUEUES if end == signal.SIGKILL else ["heartbeat"]
    with ExitStack() as stack:
        for queue in queues.values():
            process = stack.enter_context(holder(queue, url))
            process.send_signal(end)
        wait_until(lambda: not any(map(consumers, noticed)))
        return [len(take_all(channel, queue)) for queue in queues.values()]


def main():
    ends = (signal.SIGKILL, signal.SIGSTOP)
    url = os.environ["REDIS_URL"]
    rows = []
    with Valkey() as valkey, ThreadPoolExecutor() as pool:
        queues = [
            pool.submit(on_rabbitmq, os.environ["AMQP_URL"], end)
            for end in ends
        ]

        def both_ends(way):
            cells = [on_redis(url, way, end) for end in ends]
            assert cells == [on_redis(valkey.url, way, end) for end in ends]
            return cells

        answers = pool.map(both_ends, SECONDS)
        for way, cells in zip(SECONDS, answers, strict=True):
            rows.append((NAMES[way], *cells[0], *cells[1]))
    columns = [answer.result() for answer in queues]
    for way, killed, frozen in zip(QUEUES, *columns, strict=True):
        rows.append((NAMES[way], killed, "", frozen, ""))
    table(
        (
            "holds 5 of 8, then",
            "SIGKILL: the next one gets",
            "and after a claim",
            "SIGSTOP: the next one gets",
            "and after a claim",
        ),
        *rows,
    )


if __name__ == "__main__":
    main()
