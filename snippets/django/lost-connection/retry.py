# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]"]
#
# [tool.acked]
# starts = ["postgresql"]
# timeout = 240
# ///
import random
import threading
import time

from lab import make_tables

from acked.services import PostgreSQL


# --8<-- [start:retry]
def read_again(read, attempts=8):
    """For a read: again, on a new connection, if this one is dead."""
    for attempt in range(1, attempts + 1):
        try:
            return read()
        except OperationalError:
            dead = not connection.is_usable()
            if not dead or connection.in_atomic_block or attempt == attempts:
                raise
        connection.close()
        time.sleep(random.uniform(0, 0.1 * 2**attempt))
# --8<-- [end:retry]


# --8<-- [start:naive]
def naive(read, attempts=8):
    for attempt in range(1, attempts + 1):
        try:
            return read()
        except OperationalError:
            if attempt == attempts:
                raise
            time.sleep(0.1)
# --8<-- [end:naive]


def once(read):
    return read()


def in_atomic(read):
    with transaction.atomic():
        Book.objects.count()
        return read_again(read)


def session_is_killed():
    with server.connect() as administrator:
        administrator.execute(
            "SELECT pg_terminate_backend(%s, 5000)",
            [connection.connection.info.backend_pid],
        )


def server_restarts():
    server.stop()
    stopped.set()


def caretaker():
    """Its thread has to live on: the server would end with it."""
    stopped.wait()
    time.sleep(0.3)
    server.start()
    threading.Event().wait()


def nothing():
    pass


def experiment(how, happens, read):
    connection.close()
    count = 0

    def counted():
        nonlocal count
        count += 1
        if count == 1:
            Book.objects.count()
            happens()
        return read()

    try:
        how(counted)
        told = "fine"
    except OperationalError as error:
        told = f"`{type(error).__name__}`"
    if happens is server_restarts and count > 2:
        count = "more than 2"
    return count, told


def books():
    return Book.objects.count()


def too_slow():
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 50")
        cursor.execute("SELECT pg_sleep(60)")


with PostgreSQL() as server:
    make_tables(server)
    stopped = threading.Event()
    threading.Thread(target=caretaker, daemon=True).start()
    from django.db import OperationalError, connection, transaction
    from shop.models import Book
    from shop.script import table

    CASES = (
        ("the session is killed", session_is_killed, books, once),
        ("the session is killed", session_is_killed, books, naive),
        ("the session is killed", session_is_killed, books, read_again),
        ("the server restarts", server_restarts, books, read_again),
        ("`statement_timeout`", nothing, too_slow, read_again),
        ("killed, in `atomic`", session_is_killed, books, in_atomic),
    )
    table(
        ("", "with", "attempts", "outcome"),
        *(
            (what, how.__name__, *experiment(how, happens, read))
            for what, happens, read, how in CASES
        ),
    )
