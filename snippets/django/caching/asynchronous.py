# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "redis"]
#
# [tool.acked]
# services = ["redis"]
# environments = ["django-5-2"]
# timeout = 60
# ///
import asyncio
import json
import os
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "project"))

import django
import redis
from acked import environments
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache, RedisSerializer
from shop.script import start, table

start(database=False)


# --8<-- [start:async]
async def increments():
    await cache.aset("counter", 0)
    await asyncio.gather(*(cache.aincr("counter") for _ in range(50)))
    return await cache.aget("counter")


async def reads():
    before = commands()
    await cache.aget_many([f"key {number}" for number in range(50)])
    return commands() - before
# --8<-- [end:async]


def commands():
    """GET and MGET that Redis has executed."""
    done = server.info("commandstats")
    return sum(
        done.get(f"cmdstat_{name}", {"calls": 0})["calls"]
        for name in ("get", "mget")
    )


def serialize_where(threads):
    """A serializer that notes in which thread the cache works."""

    class Noting(RedisSerializer):
        def dumps(self, value):
            threads.add(threading.current_thread())
            return super().dumps(value)

    return Noting


async def sets_in_threads():
    threads = set()
    noting = RedisCache(
        REDIS_URL, {"OPTIONS": {"serializer": serialize_where(threads)}}
    )
    await asyncio.gather(*(noting.aset(f"k{n}", "v") for n in range(50)))
    loop = threading.current_thread() in threads
    return len(threads), "yes" if loop else "no"


def measure():
    counted = asyncio.run(increments())
    return (
        50 if counted == 50 else "**fewer than 50**",
        asyncio.run(reads()),
        *asyncio.run(sets_in_threads()),
    )


REDIS_URL = os.environ.get("REDIS_URL", "redis://localhost:6379/0")
server = redis.from_url(REDIS_URL)
if sys.argv[1:] == ["measure"]:
    print(json.dumps([django.__version__, *measure()]))
    sys.exit()
older = environments.run("django-5-2", __file__, "measure")
table(
    (
        "Django",
        "50 `aincr` at once: counted",
        "`aget_many`, 50 keys: commands",
        "threads that 50 `aset` at once used",
        "the event loop's own among them",
    ),
    json.loads(older),
    [django.__version__, *measure()],
)
