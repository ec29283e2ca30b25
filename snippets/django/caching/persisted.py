# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "redis", "psycopg[binary]"]
#
# [tool.acked]
# services = ["postgresql"]
# starts = ["redis"]
# timeout = 120
# ///
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "project"))

from acked.services import Redis
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError
from shop.script import start, table

start()

from shop.models import Author, Book


# --8<-- [start:persisted]
def stock(cache):
    return cache.get_or_set("stock", lambda: Book.objects.get().stock)


def outage(options):
    Book.objects.update(stock=10)
    with Redis(options) as server:
        cache = RedisCache(server.url, {})
        assert stock(cache) == 10
        server.kill()
        Book.objects.update(stock=3)
        try:
            cache.delete("stock")
        except ConnectionError:
            failed = "raised"
        server.start()
        return failed, stock(cache), Book.objects.get().stock
# --8<-- [end:persisted]


DURABLE = "--appendonly yes --appendfsync always"
author = Author.objects.create(name="Ann")
Book.objects.create(title="Queues", author=author)
table(
    (
        "Redis is started with",
        "`delete` while it was down",
        "page then says",
        "database says",
    ),
    ("its defaults", *outage("")),
    ("`appendonly yes`, `appendfsync always`", *outage(DURABLE)),
)
