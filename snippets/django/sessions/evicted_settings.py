"""A settings module: sessions in a Redis of their own."""

import os

from shop.settings import *  # noqa: F403

# --8<-- [start:own]
REDIS = "django.core.cache.backends.redis.RedisCache"
CACHES = {
    "default": {
        "BACKEND": REDIS,
        "LOCATION": os.environ["REDIS_URL"],
    },
    "sessions": {
        "BACKEND": REDIS,
        "LOCATION": os.environ["SESSION_REDIS_URL"],
    },
}
SESSION_ENGINE = "django.contrib.sessions.backends.cache"
SESSION_CACHE_ALIAS = "sessions"
# --8<-- [end:own]
