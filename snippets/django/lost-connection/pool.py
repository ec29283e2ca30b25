# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary,pool]"]
#
# [tool.acked]
# starts = ["postgresql"]
# timeout = 240
# ///
import threading

from lab import make_tables

from acked.services import PostgreSQL


# --8<-- [start:threads]
def forgets():
    Book.objects.count()


def closes():
    Book.objects.count()
    connection.close()


def waits():
    Book.objects.count()
    held.release()
    enough.wait()
    connection.close()
# --8<-- [end:threads]


def two_threads(work):
    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    return threads


def third():
    """What the next thread gets."""
    try:
        Book.objects.count()
    except OperationalError as error:
        cause = type(error.__cause__).__name__
        return f"`{type(error).__name__}` from `{cause}`: {error}"
    finally:
        connection.close()
    return "a connection"


def while_two_wait():
    threads = two_threads(waits)
    for _ in threads:
        held.acquire()
    told = third()
    enough.set()
    for thread in threads:
        thread.join()
    return told


def after_two(work):
    for thread in two_threads(work):
        thread.join()
    return third()


with PostgreSQL() as server:
    make_tables(server)
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError, connection, connections
    from shop.models import Book
    from shop.script import table

    # --8<-- [start:pool]
    POOL = {"min_size": 2, "max_size": 2, "timeout": 2}
    connections.settings["default"]["OPTIONS"] = {"pool": POOL}
    # --8<-- [end:pool]
    held, enough = threading.Semaphore(0), threading.Event()
    rows = [
        ("close their connection", after_two(closes)),
        ("are still at work", while_two_wait()),
        ("have ended and never closed theirs", after_two(forgets)),
    ]
    database = connections.settings["default"]
    connection.close_pool()
    database["CONN_MAX_AGE"] = 600
    try:
        connection.ensure_connection()
    except ImproperlyConfigured as error:
        refused = f"`ImproperlyConfigured`: {error}"
    rows.append(("(`CONN_MAX_AGE` 600 beside the pool)", refused))
    table(("two threads of a pool of 2", "the third thread gets"), *rows)
