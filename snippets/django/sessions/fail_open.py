"""A cache for cached_db that is a miss, not an error, while Redis is away."""

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError


# --8<-- [start:open]
class FailOpenRedisCache(RedisCache):
    def get(self, key, default=None, version=None):
        try:
            return super().get(key, default, version)
        except RedisError:
            return default

    def set(self, *args, **kwargs):
        try:
            super().set(*args, **kwargs)
        except RedisError:
            return

    def has_key(self, *args, **kwargs):
        try:
            return super().has_key(*args, **kwargs)
        except RedisError:
            return False
# --8<-- [end:open]
