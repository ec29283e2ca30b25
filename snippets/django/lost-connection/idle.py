# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary,pool]", "gunicorn", "httpx"]
#
# [tool.acked]
# starts = ["postgresql"]
# timeout = 240
# ///
from contextlib import ExitStack

from lab import get, gunicorn, make_tables, sessions, started

from acked.services import PostgreSQL, wait_until

# --8<-- [start:settings]
POOL = {"pool": {"min_size": 1, "max_size": 1}}
SETTINGS = {
    "nothing": {},
    "`CONN_MAX_AGE` 600": {"CONN_MAX_AGE": 600},
    "600, health checks": {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True},
    "pool": {"OPTIONS": POOL},
    "pool, health checks": {"OPTIONS": POOL, "CONN_HEALTH_CHECKS": True},
}
# --8<-- [end:settings]

with PostgreSQL("-c idle_session_timeout=500ms") as server:
    make_tables(server)
    from shop.script import table

    with ExitStack() as stack:
        apps = started(
            stack, [gunicorn(server.url, one) for one in SETTINGS.values()]
        )
        first = [get(app) for app in apps]
        wait_until(lambda: not sessions(server), what="the time-out")
        second = [get(app) for app in apps]
    table(
        ("`DATABASES` has", "first request", "after the time-out"),
        *zip(SETTINGS, first, second, strict=True),
    )
