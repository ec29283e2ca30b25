# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "redis", "gunicorn", "httpx"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# starts = ["haproxy"]
# timeout = 180
# ///
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path.insert(0, str(PROJECT))
os.environ["DJANGO_SETTINGS_MODULE"] = "session_settings"

import httpx
from acked.services import Gunicorn, HAProxy
from django.db import connection
from shop.script import start, table

WAYS = {
    "`db`": ("db", "default"),
    "`cache` over Redis": ("cache", "default"),
    "`cache` over locmem": ("cache", "locmem"),
    "`cached_db` over locmem": ("cached_db", "locmem"),
    "`file`, a disk each": ("file", "default"),
    "`signed_cookies`": ("signed_cookies", "default"),
}


ADDRESSES = {
    name: os.environ[name]
    for name in ("DATABASE_URL", "REDIS_URL")
    if name in os.environ
}


def server(engine, alias):
    path = f"{HERE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    return Gunicorn(
        "shop.wsgi",
        PROJECT,
        env={
            **ADDRESSES,
            "DJANGO_SETTINGS_MODULE": "session_settings",
            "PYTHONPATH": path,
            "SESSION_ENGINE": f"django.contrib.sessions.backends.{engine}",
            "SESSION_CACHE_ALIAS": alias,
            "SESSION_FILE_PATH": tempfile.mkdtemp(),
        },
    )


# --8<-- [start:count]
def visit_20_times(engine, alias):
    with server(engine, alias) as one, server(engine, alias) as two:
        ports = {"ONE": str(one.port), "TWO": str(two.port)}
        with HAProxy(HERE / "haproxy.cfg", ports) as balancer:
            with httpx.Client(base_url=balancer.url) as visitor:
                return [visitor.get("/write").text for _ in range(20)][-1]
# --8<-- [end:count]


start()
connection.close()
with ThreadPoolExecutor(3) as pool:
    counted = list(pool.map(lambda way: visit_20_times(*way), WAYS.values()))
table(
    ("sessions in", "visits", "counted"),
    *((way, 20, last) for way, last in zip(WAYS, counted, strict=True)),
)
