# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "redis"]
#
# [tool.acked]
# services = ["postgresql"]
# starts = ["redis"]
# timeout = 180
# ///
import os
import sys
from contextlib import suppress
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "project"))
os.environ["DJANGO_SETTINGS_MODULE"] = "evicted_settings"

from acked.services import Redis
from redis.exceptions import OutOfMemoryError
from shop.script import start, table

PAGE = os.urandom(30_000)


# --8<-- [start:evicted]
def sign_in(SessionStore):
    session = SessionStore()
    session["user"] = "ann" * 300
    session.save()
    return session.session_key


def logged_out(SessionStore):
    """How many of 100 users, when 20 MB of pages go into 8 MB."""
    caches["default"].clear()
    keys = [sign_in(SessionStore) for _ in range(100)]
    for number in range(700):
        with suppress(OutOfMemoryError):
            caches["default"].set(f"page:{number}", PAGE)
    return sum("user" not in SessionStore(key) for key in keys)


def next_logins(SessionStore):
    try:
        for _ in range(100):
            sign_in(SessionStore)
        return "work"
    except OutOfMemoryError as error:
        return f"`{type(error).__name__}`"
# --8<-- [end:evicted]


def measure(what, SessionStore, policy, alias):
    small.cli("CONFIG", "SET", "maxmemory-policy", policy)
    with override_settings(SESSION_CACHE_ALIAS=alias):
        count = logged_out(SessionStore)
        login = next_logins(SessionStore)
    return what, f"`{policy}`", in_words(count), login


def in_words(count):
    assert count == 0 or count > 50
    return "**more than 50**" if count else 0


with Redis("--save '' --maxmemory 8mb") as small, Redis() as own:
    os.environ["REDIS_URL"] = small.url
    os.environ["SESSION_REDIS_URL"] = own.url
    start()

    from django.contrib.sessions.backends import cache, cached_db, db
    from django.core.cache import caches
    from django.test.utils import override_settings

    shared = "`cache`, Redis shared with pages"
    rows = [
        measure(shared, cache.SessionStore, "allkeys-lru", "default"),
        measure(shared, cache.SessionStore, "volatile-lru", "default"),
        measure(shared, cache.SessionStore, "noeviction", "default"),
        measure(
            "`cache`, Redis of its own",
            cache.SessionStore,
            "allkeys-lru",
            "sessions",
        ),
        measure(
            "`cached_db`, Redis shared",
            cached_db.SessionStore,
            "allkeys-lru",
            "default",
        ),
        measure("`db`", db.SessionStore, "allkeys-lru", "default"),
    ]
table(
    (
        "engine",
        "policy of the pages' Redis",
        "logged out of 100",
        "100 more logins",
    ),
    *rows,
)
