# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 120
# ///
"""Four clients count to 400 together, each reading before any writes."""

import os
from itertools import count
from threading import Barrier, Thread

from redis import Redis, WatchError

from acked.lab import table

URL = os.environ.get("REDIS_URL", "redis://localhost:6379/0")
redis = Redis.from_url(URL, socket_timeout=None)
together = Barrier(4)
tries = []


# --8<-- [start:ways]
def get_then_set():
    counted = int(redis.get("orders"))
    together.wait()  # all four have read
    redis.set("orders", counted + 1)


def incr():
    together.wait()
    redis.incr("orders")


def watch():
    with redis.pipeline() as transaction:
        for attempt in count(1):
            transaction.watch("orders")
            counted = int(transaction.get("orders"))
            if attempt == 1:
                together.wait()  # all four have read
            transaction.multi()
            transaction.set("orders", counted + 1)
            try:
                transaction.execute()
            except WatchError:
                continue
            tries.append(attempt)
            return


ADD_ONE = redis.register_script("""
local counted = redis.call('GET', KEYS[1])
redis.call('SET', KEYS[1], counted + 1)
""")


def lua():
    together.wait()
    ADD_ONE(keys=["orders"])


# --8<-- [end:ways]


def rounds(way):
    for _ in range(100):
        way()
        together.wait()


def counted(way) -> str:
    redis.set("orders", 0)
    clients = [Thread(target=rounds, args=(way,)) for _ in range(4)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return f"{int(redis.get('orders'))} of 400"


rows = [
    ["GET, then SET", counted(get_then_set), ""],
    ["INCR", counted(incr), ""],
    ["WATCH, MULTI, EXEC, with retries", counted(watch), "at least 300"],
    ["GET and SET in a Lua script", counted(lua), ""],
]
assert sum(tries) - len(tries) >= 300
table(["", "counted", "refused by WATCH"], *rows)
