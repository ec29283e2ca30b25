# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "redis"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 120
# ///
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "project"))

from acked.services import Redis
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import OutOfMemoryError
from shop.script import table

PAGE = os.urandom(10_000)


# --8<-- [start:full]
def fill(policy):
    """Write 20 MB of pages into 8 MB, after 100 keys without a timeout."""
    memory = f"--save '' --maxmemory 8mb --maxmemory-policy {policy}"
    with Redis(memory) as server:
        cache = RedisCache(server.url, {})
        for number in range(100):
            cache.set(f"lock:{number}", number, timeout=None)
        refused = 0
        for number in range(2000):
            try:
                cache.set(f"page:{number}", PAGE)
            except OutOfMemoryError:
                refused += 1
        pages = len(cache.get_many(f"page:{n}" for n in range(2000)))
        locks = len(cache.get_many(f"lock:{n}" for n in range(100)))
        evicted = int(server.client().info("stats")["evicted_keys"])
# --8<-- [end:full]
    assert refused + pages + locks + evicted == 2100
    assert min(refused, evicted) == 0 and max(refused, evicted) > 1000
    return (
        f"`{policy}`",
        "more than 1,000" if refused else 0,
        "more than 1,000" if evicted else 0,
        100 if locks == 100 else "**fewer than 100**",
    )


table(
    (
        "`maxmemory-policy`",
        "writes refused, `OutOfMemoryError`",
        "keys evicted",
        "keys without a timeout left of 100",
    ),
    fill("noeviction"),
    fill("allkeys-lru"),
    fill("volatile-lru"),
)
