# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary,pool]", "celery[redis]", "httpx",
#   "gunicorn", "uvicorn"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 60
# ///
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "project"))

import psycopg
from servers import get, gunicorn, uvicorn
from shop.script import start, table

start()

from shop.models import Author, Book

SERVERS = {
    ("gunicorn", "`CONN_MAX_AGE = 0`"): gunicorn(),
    ("gunicorn", "`CONN_MAX_AGE = 600`"): gunicorn(CONN_MAX_AGE="600"),
    ("uvicorn", "`CONN_MAX_AGE = 0`"): uvicorn(),
    ("uvicorn", "`CONN_MAX_AGE = 600`"): uvicorn(CONN_MAX_AGE="600"),
    ("uvicorn", "a pool of 1"): uvicorn(POOL="yes"),
}


# --8<-- [start:requests]
def ten_requests(server):
    used, most = set(), 0
    with server:
        for view in ["sync_query"] * 5 + ["async_query"] * 5:
            used.add(get(server, view).json())
            most = max(most, still_open(used))
    return len(used), "more than 1" if most > 1 else "1 at most"
# --8<-- [end:requests]


def still_open(connections):
    with psycopg.connect(os.environ["DATABASE_URL"]) as administrator:
        return administrator.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)",
            [list(connections)],
        ).fetchone()[0]


Book.objects.create(title="Emma", author=Author.objects.create(name="Austen"))
with ThreadPoolExecutor() as pool:
    results = pool.map(ten_requests, SERVERS.values())
    table(
        (
            "server",
            "setting",
            "connections of 10 requests, one after another",
            "of these open at a time",
        ),
        *(
            (*server, *row)
            for server, row in zip(SERVERS, results, strict=True)
        ),
    )
