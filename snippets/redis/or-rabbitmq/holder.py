"""A consumer in a process of its own: it takes five messages and hangs."""

import sys
from time import sleep

from kombu import Connection
from redis import Redis


# --8<-- [start:redis]
def pop(redis):
    redis.brpop("pop")


def move(redis):
    redis.blmove("move", "move of holder", timeout=0)


def group(redis):
    redis.xreadgroup("workers", "holder", {"group": ">"}, count=1)
# --8<-- [end:redis]


# --8<-- [start:rabbitmq]
def consume(channel, queue, no_ack=False):
    held = []
    channel.basic_qos(0, 5, False)
    channel.basic_consume(queue, no_ack=no_ack, callback=held.append)
    while len(held) < 5:
        channel.connection.drain_events()
# --8<-- [end:rabbitmq]


def hold_redis(way, url):
    redis = Redis.from_url(url, socket_timeout=None)
    for _ in range(5):
        {"pop": pop, "move": move, "group": group}[way](redis)
    print("holds", flush=True)
    sleep(600)


def hold_rabbitmq(queue, url):
    beats = queue.startswith("heartbeat")
    connection = Connection(url, heartbeat=2 if beats else 0)
    consume(connection.channel(), queue, queue.startswith("no_ack"))
    print("holds", flush=True)
    while beats:
        sleep(0.5)
        connection.heartbeat_check()
    sleep(600)


if __name__ == "__main__":
    what, url = sys.argv[1:]
    hold = hold_rabbitmq if url.startswith("amqp") else hold_redis
    hold(what, url)
