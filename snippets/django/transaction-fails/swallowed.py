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
    saved = User.objects.filter(username="ann").delete()[0]
    ran = "yes" if "on_commit" in events else "no"
    return f"`{events[0]}`", seen, saved, ran


create_tables()
events = []
Order.objects.create(user=User.objects.create(username="bob"), total=10)
administrator = psycopg.connect(DATABASE_URL, autocommit=True)
with psycopg.connect(DATABASE_URL) as another:
    another.execute(f"SELECT * FROM {SCHEMA}.shop_order FOR UPDATE")
    table(
        (
            "swallowed inside",
            "then",
            "`pg_stat_activity` says",
            "the caller sees",
            "rows saved",
            "`on_commit` ran",
        ),
        *(
            (
                swallow.__name__.replace("_", " "),
                then.__name__.replace("_", " "),
                *run(swallow, then),
            )
            for swallow in (python_error, refused_save, row_locked_by_another)
            for then in (nothing, another_query)
        ),
    )
administrator.close()
