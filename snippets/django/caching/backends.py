"""A settings module: the shop with each of Django's cache backends."""

import os

from shop.settings import *  # noqa: F403

# --8<-- [start:caches]
BACKENDS = "django.core.cache.backends"
CACHES = {
    "default": {
        "BACKEND": f"{BACKENDS}.redis.RedisCache",
        "LOCATION": os.environ.get("REDIS_URL", "redis://localhost:6379/0"),
    },
    "memcached": {
        "BACKEND": f"{BACKENDS}.memcached.PyMemcacheCache",
        "LOCATION": os.environ.get("MEMCACHED_SERVER", "localhost:11211"),
    },
    "db": {
        "BACKEND": f"{BACKENDS}.db.DatabaseCache",
        "LOCATION": "cache_entries",  # made by manage.py createcachetable
    },
    "file": {
        "BACKEND": f"{BACKENDS}.filebased.FileBasedCache",
        "LOCATION": os.environ.get("CACHE_FOLDER", "/tmp/shop-cache"),
    },
    "locmem": {"BACKEND": f"{BACKENDS}.locmem.LocMemCache"},
    "dummy": {"BACKEND": f"{BACKENDS}.dummy.DummyCache"},
}
# --8<-- [end:caches]
