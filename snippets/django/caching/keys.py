# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 60
# ///
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "project"))

import redis
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache
from shop.script import start, table

start(database=False)
REDIS_URL = os.environ.get("REDIS_URL", "redis://localhost:6379/0")
server = redis.from_url(REDIS_URL)


def shows(expression):
    """The expression, and what Python says to it."""
    try:
        value = repr(eval(expression))
    except Exception as error:
        value = type(error).__name__
    return f"`{expression}`", f"`{value}`"


# --8<-- [start:timeouts]
cache.set("unsaid", 1)
cache.set("for ever", 1, timeout=None)
cache.set("never", 1, timeout=0)
cache.set("nothing", None)
cache.set("title", "old", version=1)
cache.set("title", "new", version=2)
shop_a = RedisCache(REDIS_URL, {"KEY_PREFIX": "a"})
shop_b = RedisCache(REDIS_URL, {"KEY_PREFIX": "b"})
shop_c = RedisCache(REDIS_URL, {"OPTIONS": {"MAX_ENTRIES": 1000}})
shop_a.set("title", "of shop a")
# --8<-- [end:timeouts]
QUESTIONS = (
    'server.ttl(":1:unsaid") in range(290, 301)',
    'server.ttl(":1:for ever")',
    'cache.get("never", "default")',
    'cache.get("nothing", "default")',
    'cache.get("absent", "default")',
    'cache.incr("absent")',
    'cache.get("title")',
    'cache.get("title", version=2)',
    'shop_b.get("title")',
    'shop_c.get("title")',
    'hasattr(cache, "ttl")',
    'hasattr(cache, "lock")',
    'hasattr(cache, "delete_pattern")',
)
table(("expression", "value"), *(shows(one) for one in QUESTIONS))
