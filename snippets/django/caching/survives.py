# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "redis", "pymemcache"]
#
# [tool.acked]
# starts = ["postgresql", "redis", "memcached"]
# timeout = 120
# ///
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "project"))
os.environ["DJANGO_SETTINGS_MODULE"] = "backends"

from acked.services import Memcached, PostgreSQL, Redis, wait_until
from django.core.cache import caches
from django.core.management import call_command
from django.db import close_old_connections, connection
from shop.script import start, table

ALIASES = ["locmem", "file", "db", "memcached", "default", "dummy"]


# --8<-- [start:writer]
def write_and_die():
    for alias in ALIASES:
        caches[alias].set("written", "by another process", timeout=None)
    os.kill(os.getpid(), signal.SIGKILL)


def found(key):
    return [caches[alias].get(key) is not None for alias in ALIASES]
# --8<-- [end:writer]


def restart(end, key):
    """Where a new entry is found when its server was ended and started."""
    for alias in ALIASES:
        caches[alias].set(key, 1, timeout=None)
    for server in servers:
        end(server)
        server.start()
    close_old_connections()
    connection.close()
    caches["memcached"].close()
    return found(key)


def left_of_1000():
    for alias in ALIASES:
        caches[alias].clear()
        for number in range(1000):
            caches[alias].set(f"{number:04}", number)
    return [
        sum(caches[alias].has_key(f"{number:04}") for number in range(1000))
        for alias in ALIASES
    ]


def count_stored():
    """How many entries each store holds, asked behind Django's back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cache_entries")
        [rows] = cursor.fetchone()
    files = len(list(Path(os.environ["CACHE_FOLDER"]).glob("*.djcache")))
    return len(caches["locmem"]._cache), files, rows, redis.cli("DBSIZE")


def expired():
    for alias in ALIASES:
        caches[alias].clear()
        caches[alias].set("short", 1, timeout=3)
    assert count_stored() == (1, 1, 1, 1)
    wait_until(lambda: redis.cli("DBSIZE") == 0, 30, "Redis's own cleaning")
    wait_until(lambda: caches["memcached"].get("short") is None)
    locmem, file, db, redis_keys = count_stored()
    assert not any(found("short"))
    assert count_stored() == (0, 0, 0, 0)
    return {"file": file, "locmem": locmem, "db": db, "default": redis_keys}


def says(yes):
    return "yes" if yes else "no"


if sys.argv[1:] == ["write"]:
    start(database=False)
    write_and_die()

os.environ["CACHE_FOLDER"] = tempfile.mkdtemp()
with PostgreSQL() as postgresql, Redis() as redis, Memcached() as memcached:
    os.environ["DATABASE_URL"] = postgresql.url
    os.environ["REDIS_URL"] = redis.url
    os.environ["MEMCACHED_SERVER"] = memcached.server
    servers = [postgresql, redis, memcached]
    start()
    call_command("createcachetable")
    writer = subprocess.run([sys.executable, __file__, "write"])
    assert writer.returncode == -signal.SIGKILL
    shared = found("written")
    stopped = restart(lambda server: server.stop(), "stopped")
    killed = restart(lambda server: server.kill(), "killed")
    left = left_of_1000()
    kept = expired()

rows = []
for number, alias in enumerate(ALIASES):
    has_server = alias in ("db", "memcached", "default")
    rows.append((
        "redis" if alias == "default" else alias,
        says(shared[number]),
        says(stopped[number]) if has_server else "",
        says(killed[number]) if has_server else "",
        left[number],
        says(kept[alias]) if alias in kept else "",
    ))
table(
    (
        "backend",
        "another process sees it",
        "server stopped, started",
        "server killed, started",
        "left of 1,000 entries",
        "expired, not read: still stored",
    ),
    *rows,
)
