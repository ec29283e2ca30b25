"""A settings module: a site whose one page asks a cache that will go down."""

import os

from shop.settings import *  # noqa: F403

ROOT_URLCONF = "down_views"
MIDDLEWARE = []

# --8<-- [start:caches]
BACKENDS = "django.core.cache.backends"
ADDRESS = os.environ["CACHE_ADDRESS"]
TRIED = {
    "redis": {
        "BACKEND": f"{BACKENDS}.redis.RedisCache",
        "LOCATION": ADDRESS,
    },
    "redis_impatient": {
        "BACKEND": f"{BACKENDS}.redis.RedisCache",
        "LOCATION": ADDRESS,
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    },
    "redis_open": {
        "BACKEND": "fail_open.FailOpenRedisCache",
        "LOCATION": ADDRESS,
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    },
    "memcached": {
        "BACKEND": f"{BACKENDS}.memcached.PyMemcacheCache",
        "LOCATION": ADDRESS,
    },
    "memcached_open": {
        "BACKEND": f"{BACKENDS}.memcached.PyMemcacheCache",
        "LOCATION": ADDRESS,
        "OPTIONS": {"timeout": 0.5, "ignore_exc": True},
    },
    "db": {
        "BACKEND": f"{BACKENDS}.db.DatabaseCache",
        "LOCATION": "cache_entries",
    },
}
# --8<-- [end:caches]
CACHES = {"default": TRIED[os.environ["CACHE_NAME"]]}
