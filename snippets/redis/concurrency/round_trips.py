# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 120
# ///
"""2,000 increments: one by one, in pipelines, in transactions."""

import os
from time import perf_counter

from redis import Redis

from acked.lab import table

URL = os.environ.get("REDIS_URL", "redis://localhost:6379/0")
redis = Redis.from_url(URL, socket_timeout=None)


# --8<-- [start:ways]
def one_by_one():
    for _ in range(2000):
        redis.incr("visits")


def in_pipelines(**options):
    for _ in range(20):
        batch = redis.pipeline(**options)
        for _ in range(100):
            batch.incr("visits")
        batch.execute()


# --8<-- [end:ways]


def measure(way, **options) -> dict:
    """Counts of one round, the best time of ten: others use this machine."""
    times = []
    for _ in range(10):
        redis.config_resetstat()
        began = perf_counter()
        way(**options)
        times.append(perf_counter() - began)
    calls = redis.info("commandstats")
    return {
        "seconds": min(times),
        "reads": redis.info("stats")["total_reads_processed"],
        "EXEC": calls.get("cmdstat_exec", {"calls": 0})["calls"],
    }


alone = measure(one_by_one)
plain = measure(in_pipelines, transaction=False)
default = measure(in_pipelines)

assert alone["reads"] >= 2000 and max(plain["reads"], default["reads"]) < 200
table(
    ["", "EXEC", "reads by the server", "faster than one by one"],
    ["one by one", alone["EXEC"], "2000 or more", ""],
    *(
        [
            title,
            way["EXEC"],
            "fewer than 200",
            alone["seconds"] > way["seconds"],
        ]
        for title, way in {
            "`pipeline(transaction=False)`": plain,
            "`pipeline()`": default,
        }.items()
    ),
)
