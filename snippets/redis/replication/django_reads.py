# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "redis"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 60
# ///
"""Django's cache with a primary and a replica that lags."""

from django.conf import settings
from redis import ConnectionError

from acked.services import Proxy, Redis, wait_until


def link(replica: Redis) -> str:
    return replica.client().info("replication")["master_link_status"]


with Redis() as primary, Proxy(primary.port) as network:
    with Redis(f"--replicaof 127.0.0.1 {network.port}") as replica:
        wait_until(lambda: link(replica) == "up")
        # --8<-- [start:reads]
        settings.configure(
            CACHES={
                "default": {
                    "BACKEND": "django.core.cache.backends.redis.RedisCache",
                    "LOCATION": [primary.url, replica.url],
                }
            }
        )
        from django.core.cache import cache

        network.hold()
        cache.set("stock", 5)
        print("the replica lags, get() after set():", cache.get("stock"))
        print("add() on a key that get() does not see:", cache.add("stock", 9))
        network.release()
        wait_until(lambda: cache.get("stock"))
        print("it has caught up:", cache.get("stock"))
        primary.kill()
        print("primary dead, get():", cache.get("stock"))
        try:
            cache.set("stock", 4)
        except ConnectionError as error:
            print("primary dead, set():", type(error).__name__)
        # --8<-- [end:reads]
