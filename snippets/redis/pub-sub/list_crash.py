# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 120
# ///
"""A worker takes a job from a list and is killed before it is done."""

import os
import signal
import subprocess
import sys

from redis import Redis

from acked.lab import table

URL = os.environ.get("REDIS_URL", "redis://localhost:6379/0")
redis = Redis.from_url(URL, decode_responses=True)


# --8<-- [start:take]
def take(way: str) -> None:
    if way == "BLPOP":
        redis.blpop("jobs")
    else:
        redis.blmove("jobs", "working", timeout=0, src="LEFT", dest="RIGHT")
    os.kill(os.getpid(), signal.SIGKILL)  # before the job is done


def row(way: str) -> list:
    redis.flushdb()
    redis.rpush("jobs", "one", "two", "three")
    subprocess.run([sys.executable, __file__, way])
    there = redis.lrange("jobs", 0, -1) + redis.lrange("working", 0, -1)
    while redis.lmove("working", "jobs", "RIGHT", "LEFT"):
        pass  # what the next worker does when it starts
    return [way, ", ".join(there), ", ".join(redis.lrange("jobs", 0, -1))]


# --8<-- [end:take]

if len(sys.argv) > 1:
    take(sys.argv[1])
else:
    table(
        ["worker killed after", "left in Redis", "`jobs` after the cleanup"],
        row("BLPOP"),
        row("BLMOVE"),
    )
