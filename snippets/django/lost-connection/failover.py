# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "gunicorn", "httpx"]
#
# [tool.acked]
# starts = ["postgresql"]
# timeout = 240
# ///
from contextlib import ExitStack

from lab import get, gunicorn, make_tables, promote, standby_of, started

from acked.services import PostgreSQL


def books(server):
    with server.connect() as administrator:
        return administrator.execute(
            "SELECT count(*) FROM shop_book"
        ).fetchone()[0]


def read_and_write():
    return [f"{get(app)}, {get(app, 'add')}" for app in apps]


def who_gets_the_write(app):
    before = books(primary), books(standby)
    assert get(app, "add") == 200
    after = books(primary), books(standby)
    changed = [new - old for old, new in zip(before, after, strict=True)]
    return {(1, 0): "the old primary", (0, 1): "the new"}[*changed]


with PostgreSQL() as primary, ExitStack() as stack:
    make_tables(primary)
    from django.db import connection
    from shop.models import Author
    from shop.script import table

    Author.objects.create(name="Ann")
    connection.close()
    standby = stack.enter_context(standby_of(primary))
    # --8<-- [start:hosts]
    one = {"HOST": "127.0.0.1", "PORT": f"{primary.port}"}
    two = {
        "HOST": "127.0.0.1,127.0.0.1",
        "PORT": f"{primary.port},{standby.port}",
    }
    writable = {**two, "OPTIONS": {"target_session_attrs": "read-write"}}
    # --8<-- [end:hosts]
    apps = started(
        stack, [gunicorn(primary.url, one) for one in (one, two, writable)]
    )
    columns = [read_and_write()]
    primary.kill()
    columns.append(read_and_write())
    promote(standby)
    columns.append(read_and_write())
    primary.start()
    columns.append([who_gets_the_write(app) for app in apps])
    table(
        (
            "read, write",
            "before",
            "the primary is killed",
            "the standby is promoted",
            "the old primary is back: a write goes to",
        ),
        *zip(("`one`", "`two`", "`writable`"), *columns, strict=True),
    )
