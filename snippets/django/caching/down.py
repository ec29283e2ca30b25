# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "redis", "pymemcache", "psycopg[binary]",
#   "gunicorn", "httpx"]
#
# [tool.acked]
# starts = ["redis", "memcached", "postgresql"]
# timeout = 120
# ///
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path.insert(0, str(PROJECT))

import httpx
from acked.services import Gunicorn, Memcached, PostgreSQL, Redis, wait_until
from shop.script import table

CACHES = {
    "redis": "Redis, no `OPTIONS`",
    "redis_impatient": "Redis, short timeouts",
    "redis_open": "Redis, `FailOpenRedisCache`",
    "memcached": "memcached, no `OPTIONS`",
    "memcached_open": "memcached, `timeout`, `ignore_exc`",
    "db": "`DatabaseCache`, PostgreSQL",
}


def environment(name, server):
    own = f"{HERE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    return {
        "DJANGO_SETTINGS_MODULE": "down_settings",
        "PYTHONPATH": own,
        "CACHE_NAME": name,
        "CACHE_ADDRESS": getattr(server, "server", "") or server.url,
        "DATABASE_URL": server.url if name == "db" else "sqlite://",
    }


def server_for(name):
    if name == "db":
        return PostgreSQL()
    return Memcached() if name.startswith("memcached") else Redis()


def create_cache_table(env):
    """manage.py createcachetable"""
    subprocess.run(
        [sys.executable, "manage.py", "createcachetable"],
        cwd=PROJECT,
        env={**os.environ, **env},
        check=True,
    )


def ask(site):
    """What a visitor gets, and whether it took 4 s and more."""
    started = time.monotonic()
    answer = httpx.get(site.url, timeout=60)
    seen = f"{answer.status_code} {answer.text}"
    if "<html>" in seen:  # from gunicorn, which ends a worker that hangs
        assert "WORKER TIMEOUT" in site.log()
        seen = f"{answer.status_code} `WORKER TIMEOUT`"
    return seen, time.monotonic() - started > 4


def break_it(name):
    with ExitStack() as stack:
        server = stack.enter_context(server_for(name))
        env = environment(name, server)
        if name == "db":
            create_cache_table(env)
        site = Gunicorn("shop.wsgi", PROJECT, "--timeout 8", env)
        stack.enter_context(site)
        wait_until(lambda: ask(site)[0] == "200 cached", 30, "a hit")
        server.freeze()
        frozen, long = ask(site)
        server.thaw()
        wait_until(lambda: ask(site)[0] == "200 cached", 30, "the thaw")
        server.kill()
        gone = dict.fromkeys(ask(site)[0] for _ in range(3))
        if name == "memcached":
            wait_until(lambda: gone.update({ask(site)[0]: 1}) or len(gone) > 2)
        server.start()
        back = ask(site)[0]
        return frozen, "yes" if long else "no", ", then ".join(gone), back


with ThreadPoolExecutor() as pool:
    outcomes = list(pool.map(break_it, CACHES))
table(
    ("cache", "frozen", "took 4 s", "killed", "first request after its start"),
    *zip(CACHES.values(), *zip(*outcomes, strict=True), strict=True),
)
