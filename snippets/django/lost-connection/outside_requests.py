# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]"]
#
# [tool.acked]
# starts = ["postgresql"]
# environments = ["django-5-2"]
# timeout = 240
# ///
import threading

from lab import make_tables, same_on_django_5_2

from acked.services import PostgreSQL


def lose():
    with server.connect() as administrator:
        administrator.execute(
            "SELECT pg_terminate_backend(%s, 5000)",
            [connection.connection.info.backend_pid],
        )


# --8<-- [start:program]
def query():
    try:
        Book.objects.count()
    except OperationalError:
        return "fails"
    return "fine"


def at_once(call):
    query()
    lose()
    call()
    return query()


def after_a_failure(call):
    query()
    lose()
    query()
    call()
    return query()


CALLS = {
    "nothing": lambda: None,
    "`ensure_connection()`": lambda: connection.ensure_connection(),
    "`close_old_connections()`": lambda: close_old_connections(),
    "`connection.close()`": lambda: connection.close(),
}
# --8<-- [end:program]


def in_a_thread(settings, work, call):
    """A thread has a connection of its own."""
    connections.settings["default"] |= settings
    told = []
    thread = threading.Thread(target=lambda: told.append(work(call)))
    thread.start()
    thread.join()
    return told[0]


with PostgreSQL() as server:
    make_tables(server)
    from django.db import (
        OperationalError,
        close_old_connections,
        connection,
        connections,
    )
    from shop.models import Book

    SETTINGS = {
        "default": {},
        "`CONN_MAX_AGE` 600": {"CONN_MAX_AGE": 600},
        "600, health checks": {"CONN_HEALTH_CHECKS": True},
    }
    same_on_django_5_2(
        __file__,
        ("`DATABASES` has", "you call", "at once", "after a failed query"),
        *(
            (
                name,
                how,
                in_a_thread(settings, at_once, call),
                in_a_thread(settings, after_a_failure, call),
            )
            for name, settings in SETTINGS.items()
            for how, call in CALLS.items()
        ),
    )
