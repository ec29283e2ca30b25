# /// script
# requires-python = ">=3.12"
# dependencies = ["redis", "kombu", "amqp"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 60
# ///
"""A time to live, and a limit, on a Redis list."""

import os

from wire import redis_of

from acked.lab import table
from acked.services import wait_until

redis = redis_of(os.environ["REDIS_URL"])


# --8<-- [start:list]
def list_expires():
    redis.lpush("list", 1, 2)
    redis.pexpire("list", 500)
    redis.lpush("list", 3)
    wait_until(lambda: not redis.exists("list"))
    return redis.llen("list")


def list_is_cut():
    for order in (1, 2, 3):
        redis.lpush("short", order)
        redis.ltrim("short", 0, 1)
    return redis.llen("short")
# --8<-- [end:list]


def main():
    table(
        ("Redis list, three messages", "left"),
        ("`PEXPIRE` on the list after two", list_expires()),
        ("`LTRIM` to two places after each", list_is_cut()),
    )


if __name__ == "__main__":
    main()
