# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary,pool]", "gunicorn", "httpx"]
#
# [tool.acked]
# starts = ["postgresql"]
# environments = ["django-5-2"]
# timeout = 240
# ///
from contextlib import ExitStack

from lab import get, gunicorn, make_tables, sessions, started

from acked.services import PostgreSQL, wait_until

# --8<-- [start:settings]
POOL = {"pool": {"min_size": 2, "max_size": 2, "timeout": 2}}
SETTINGS = {
    "nothing: Django's default": {},
    "`CONN_MAX_AGE` 600": {"CONN_MAX_AGE": 600},
    "600, health checks": {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True},
    "pool": {"OPTIONS": POOL},
    "pool, health checks": {"OPTIONS": POOL, "CONN_HEALTH_CHECKS": True},
}
# --8<-- [end:settings]


def codes(app, requests):
    return " ".join(str(get(app)) for _ in range(requests))


with PostgreSQL() as server, ExitStack() as stack:
    make_tables(server)
    from shop.script import table

    apps = started(
        stack,
        [
            gunicorn(server.url, settings, version)
            for version in (None, "django-5-2")
            for settings in SETTINGS.values()
        ],
    )
    before = [codes(app, 2) for app in apps]
    wait_until(lambda: sessions(server) == 12, what="full pools")
    server.restart()
    after = [codes(app, 4) for app in apps]
    server.stop()
    down = [codes(app, 1) for app in apps]
    server.start()
    up = [
        "yes" if wait_until(lambda app=app: get(app) == 200) else "no"
        for app in apps
    ]

    rows = list(zip(before, after, down, up, strict=True))
    half = len(SETTINGS)
    table(
        (
            "`DATABASES` has",
            "before",
            "after a restart",
            "while it is down",
            "comes back by itself",
        ),
        *((name, *row) for name, row in zip(SETTINGS, rows, strict=False)),
    )
    assert rows[:half] == rows[half:], ("not the same on 5.2", rows)
