# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "celery[redis]"]
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
from celery import Celery
from django.core.cache.backends.redis import RedisCache
from shop.script import start, table

start(database=False)
REDIS_URL = os.environ.get("REDIS_URL", "redis://localhost:6379/0")


# --8<-- [start:clear]
server = redis.from_url(REDIS_URL)
celery = Celery(broker=REDIS_URL)
ours = RedisCache(REDIS_URL, {"KEY_PREFIX": "ours"})
theirs = RedisCache(REDIS_URL, {"KEY_PREFIX": "theirs"})


def fill():
    ours.set("page", "…")
    theirs.set("page", "…")
    celery.send_task("send_receipt")


def look():
    return ours.get("page"), theirs.get("page"), server.llen("celery")
# --8<-- [end:clear]


def emptied(clear):
    fill()
    before = look()
    clear()
    after = look()
    server.flushdb()
    return [
        "there" if one else "**gone**" if was else "not there"
        for was, one in zip(before, after, strict=True)
    ]


table(
    ("", "our page", "another prefix's page", "Celery's waiting message"),
    ("`ours.delete`", *emptied(lambda: ours.delete("page"))),
    ("`ours.clear`", *emptied(lambda: ours.clear())),
)
