# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]"]
#
# [tool.acked]
# services = ["postgresql"]
# ///
from contextlib import suppress

import psycopg
from django.db import IntegrityError, OperationalError, connection, transaction

from shop import DATABASE_URL, SCHEMA, Order, User, create_tables, table
from wire import Proxy


# --8<-- [start:swallow]
def python_error():
    with suppress(KeyError):
        raise KeyError("no such price")


def refused_save():
    with suppress(IntegrityError):
        Order.objects.create(user_id=1, total=-1)


def row_locked_by_another():
    with suppress(OperationalError):
        Order.objects.select_for_update(nowait=True).get()


def block(swallow, then):
    with transaction.atomic():
        User.objects.create(username="ann")
        transaction.on_commit(lambda: events.append("on_commit"))
        swallow()
        then()
# --8<-- [end:swallow]


def nothing():
    pass


def another_query():
    User.objects.count()


def state():
    """What the server says of our transaction, asked from outside."""
    return administrator.execute(
        "SELECT state FROM pg_stat_activity WHERE pid = %s",
        [connection.connection.info.backend_pid],
    ).fetchone()[0]


def run(swallow, then):
    events.clear()
    try:
        block(lambda: (swallow(), events.append(state())), then)
        seen = "no exception"
    except Exception as error:
        seen = f"`{type(error).__name__}`"
    ended_with = proxy.queries[-1]
    saved = User.objects.filter(username="ann").delete()[0]
    ran = "yes" if "on_commit" in events else "no"
    return f"`{events[0]}`", f"`{ended_with}`", seen, saved, ran


create_tables()
events = []
Order.objects.create(user=User.objects.create(username="bob"), total=10)
administrator = psycopg.connect(DATABASE_URL, autocommit=True)
proxy = Proxy()
CASES = (
    ("a Python error", python_error, nothing),
    ("a refused save", refused_save, nothing),
    ("the same, then another query", refused_save, another_query),
    ("a locked row", row_locked_by_another, nothing),
    ("the same, then another query", row_locked_by_another, another_query),
)
with psycopg.connect(DATABASE_URL) as another:
    another.execute(f"SELECT * FROM {SCHEMA}.shop_order FOR UPDATE")
    table(
        (
            "swallowed inside",
            "`pg_stat_activity` then says",
            "Django ends with",
            "the caller sees",
            "rows saved",
            "`on_commit` ran",
        ),
        *((what, *run(swallow, then)) for what, swallow, then in CASES),
    )
administrator.close()
