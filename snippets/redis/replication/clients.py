# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "redis"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 180
# ///
"""Three clients over one failover, and which of them find the new primary."""

from django.conf import settings
from group import watched
from redis import ConnectionError
from redis.sentinel import Sentinel, SentinelConnectionPool

from acked.lab import table


def attempt(write) -> str:
    try:
        write("order", "paid")
    except ConnectionError as error:
        return type(error).__name__
    return "OK"


with watched() as group:
    fixed = group.primary.client()
    # --8<-- [start:clients]
    finder = Sentinel(group.addresses(), decode_responses=True)
    by_name = finder.master_for("mymaster")
    settings.configure(
        CACHES={
            "default": {
                "BACKEND": "django.core.cache.backends.redis.RedisCache",
                "LOCATION": "redis://",
                "OPTIONS": {
                    "pool_class": SentinelConnectionPool,
                    "service_name": "mymaster",
                    "sentinel_manager": finder,
                },
            }
        }
    )
    # --8<-- [end:clients]
    from django.core.cache import cache

    writes = {
        "redis-py, the old address": fixed.set,
        "redis-py, `Sentinel.master_for`": by_name.set,
        "Django's cache, `OPTIONS` above": cache.set,
    }
    before = [attempt(write) for write in writes.values()]
    group.primary.kill()
    killed = [attempt(write) for write in writes.values()]
    group.now_primary()
    after = [attempt(write) for write in writes.values()]

head = ["client", "before", "right after SIGKILL", "after the failover"]
table(head, *zip(writes, before, killed, after, strict=True))
