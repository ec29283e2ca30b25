# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "redis", "pymemcache"]
#
# [tool.acked]
# services = ["postgresql", "redis", "memcached"]
# timeout = 120
# ///
import os
import sys
import tempfile
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "project"))
os.environ["DJANGO_SETTINGS_MODULE"] = "backends"

from django.core.cache import CacheKeyWarning, caches
from django.core.management import call_command
from django.db import connection
from shop.script import start, table

ALIASES = ["locmem", "file", "db", "memcached", "default"]
THREADS = 4


def in_threads(work):
    """What each of the threads returned; they start at the same moment."""
    barrier = threading.Barrier(THREADS)

    def job(_):
        barrier.wait()
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(job, range(THREADS)))


# --8<-- [start:atomic]
def increments(alias):
    caches[alias].set("counter", 0, timeout=60)
    in_threads(lambda: [caches[alias].incr("counter") for _ in range(50)])
    return caches[alias].get("counter")


def winners(alias):
    caches[alias].delete("lock")
    return sum(in_threads(lambda: caches[alias].add("lock", 1, timeout=60)))


def stored(alias, key, value):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", CacheKeyWarning)
        try:
            caches[alias].set(key, value, timeout=60)
        except Exception as error:
            return f"`{type(error).__name__}`"
        kept = "yes" if caches[alias].get(key) == value else "**no**"
    names = {warning.category.__name__ for warning in said}
    return ", ".join([kept, *(f"`{name}`" for name in names)])
# --8<-- [end:atomic]


def counted(measure, alias, right, rounds):
    """The right count, if each round gave it; else how it was missed."""
    for _ in range(rounds):
        count = measure(alias)
        if count != right:
            return f"**{'fewer' if count < right else 'more'} than {right}**"
    return right


os.environ["CACHE_FOLDER"] = tempfile.mkdtemp()
start()
call_command("createcachetable")
facts = {alias: [alias] for alias in ALIASES}
facts["default"] = ["redis"]
for alias, row in facts.items():
    # A race is lost sooner or later: where one is expected, try for longer.
    rounds = 100 if alias in ("file", "db") else 3
    row.append(counted(increments, alias, THREADS * 50, rounds))
    rounds = 2000 if alias == "file" else 30
    row.append(counted(winners, alias, 1, rounds))
for alias in ALIASES:
    caches[alias].default_timeout = 1
    caches[alias].set("visits", 1, timeout=60)
    caches[alias].incr("visits")
time.sleep(2)
for alias, row in facts.items():
    kept = caches[alias].get("visits") == 2
    row.append("yes" if kept else "**no**")
    row.append(stored(alias, "big", os.urandom(1 << 21)))
    row.append(stored(alias, "k" * 300, "long key"))
table(
    (
        "backend",
        "4 threads, 200 `incr`: counted",
        "4 threads, one `add`: won by",
        "`incr` keeps the timeout",
        "2 MB value",
        "key of 300 characters",
    ),
    *facts.values(),
)
