# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary,pool]", "uvicorn", "httpx"]
#
# [tool.acked]
# starts = ["postgresql"]
# timeout = 240
# ///
from concurrent.futures import ThreadPoolExecutor

import httpx
from lab import PROJECT, get, gunicorn, make_tables, sessions, variables

from acked.services import PostgreSQL, Uvicorn, wait_until

POOL = {"pool": {"min_size": 4, "max_size": 4}}
KEPT = {"CONN_MAX_AGE": 600}
BURST = 15


def sessions_of_ten_requests(app):
    """How many sessions do ten requests use, one after the other?"""
    urls = [f"{app.url}/session"] * 10
    return len({httpx.get(url, timeout=30).text for url in urls})


def burst(app):
    with ThreadPoolExecutor(BURST) as pool:
        codes = set(pool.map(get, [app] * BURST, ["slow/200"] * BURST))
    assert codes == {200}, codes


def left_open(app, expected):
    """Requests may end a moment after their answer."""
    if expected is None:  # Python's garbage collection may just have run
        wait_until(lambda: sessions(server) > 5 or burst(app), what="more")
        return "more than 5"
    wait_until(lambda: sessions(server) == expected, what="the sessions")
    return expected


with PostgreSQL() as server:
    make_tables(server)
    from shop.script import table

    def uvicorn(settings):
        env = variables(server.url, settings)
        return Uvicorn("shop.asgi:application", PROJECT, env=env)

    EXPERIMENTS = (
        ("gunicorn, `CONN_MAX_AGE` 600", gunicorn(server.url, KEPT), 1),
        ("uvicorn, `CONN_MAX_AGE` 600", uvicorn(KEPT), None),
        ("uvicorn, `CONN_MAX_AGE` 0", uvicorn({}), 0),
        ("uvicorn, pool of 4", uvicorn({"OPTIONS": POOL}), 4),
    )
    rows = []
    for name, service, expected in EXPERIMENTS:
        with service as app:
            get(app)
            if expected:  # a pool fills in the background
                left_open(app, expected)
            used = sessions_of_ten_requests(app)
            burst(app)
            rows.append((name, used, left_open(app, expected)))
        wait_until(lambda: not sessions(server), what="the end of sessions")
    table(
        ("", "sessions of 10 requests", "sessions open after 15 at once"),
        *rows,
    )
