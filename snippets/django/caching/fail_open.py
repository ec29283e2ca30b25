"""A cache that is a miss, not an error, while Redis is away."""

import logging

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


# --8<-- [start:open]
class FailOpenRedisCache(RedisCache):
    def get(self, key, default=None, version=None):
        try:
            return super().get(key, default, version)
        except RedisError as error:
            log.error("cache: %s", error)
            return default

    def set(self, key, value, *args, **kwargs):
        try:
            super().set(key, value, *args, **kwargs)
        except RedisError as error:
            log.error("cache: %s", error)
# --8<-- [end:open]
