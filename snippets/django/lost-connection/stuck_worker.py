# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "gunicorn", "uvicorn", "httpx"]
#
# [tool.acked]
# starts = ["postgresql"]
# timeout = 240
# ///
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
from lab import (
    PROJECT,
    gunicorn,
    make_tables,
    started,
    variables,
    working,
)

from acked.services import PostgreSQL, Uvicorn, wait_until

PATIENCE = 14


def outcome(app, page):
    try:
        sync = app.options == OPTIONS["gunicorn, sync"]  # has to reboot
        patience = 90 if sync else PATIENCE
        response = httpx.get(f"{app.url}/{page}", timeout=patience)
    except httpx.TimeoutException:
        return "**hangs**"
    except httpx.TransportError:
        return "closed without an answer"
    return response.status_code


with PostgreSQL() as server, ExitStack() as stack:
    make_tables(server)
    from shop.script import table

    settings = {"OPTIONS": {"connect_timeout": 2}}
    OPTIONS = {
        "gunicorn, sync": "--timeout 8",
        "gunicorn, 2 threads": "--timeout 8 --threads 2",
    }
    apps = started(
        stack,
        [
            *(
                gunicorn(server.url, settings, options=options)
                for options in OPTIONS.values()
            ),
            Uvicorn(
                "shop.asgi:application",
                PROJECT,
                env=variables(server.url, settings),
            ),
        ],
    )
    with ThreadPoolExecutor(20) as pool:
        stuck = [
            [pool.submit(outcome, app, "slow/6000") for _ in range(2)]
            for app in apps
        ]
        wait_until(lambda: working(server, 6.0) == 5, what="the queries")
        server.freeze()
        about = [pool.submit(outcome, app, "about") for app in apps]
        stuck = [
            ", ".join(sorted(str(one.result()) for one in both))
            for both in stuck
        ]
        about = [one.result() for one in about]
    server.thaw()
    after = [outcome(app, "books") for app in apps]
    table(
        (
            "",
            "two requests with a slow query",
            "then one that needs no database",
            "after the thaw",
        ),
        *zip((*OPTIONS, "uvicorn"), stuck, about, after, strict=True),
    )
