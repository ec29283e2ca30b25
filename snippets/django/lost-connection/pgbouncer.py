# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "gunicorn", "httpx"]
#
# [tool.acked]
# starts = ["postgresql", "pgbouncer"]
# timeout = 240
# ///
from lab import HERE, get, gunicorn, make_tables

from acked.services import PgBouncer, PostgreSQL, wait_until


def codes(app, requests=3):
    return " ".join(str(get(app)) for _ in range(requests))


with PostgreSQL() as server, PgBouncer(
    server.url, HERE / "pool_mode.ini"
) as bouncer:
    make_tables(server)
    from shop.script import table

    kept = {"CONN_MAX_AGE": 600}
    with gunicorn(server.url, kept) as direct, gunicorn(
        bouncer.url, kept
    ) as pooled:
        apps = direct, pooled
        before = [codes(app) for app in apps]
        server.restart()
        after = [codes(app) for app in apps]
        server.stop()
        down = [codes(app, 1) for app in apps]
        server.start()
        for app in apps:
            wait_until(lambda app=app: get(app) == 200, what="the app")
    rows = zip(("PostgreSQL", "PgBouncer"), before, after, down, strict=True)
    table(
        (
            "`CONN_MAX_AGE` 600, connected to",
            "before",
            "after a restart",
            "while it is down",
        ),
        *rows,
    )
