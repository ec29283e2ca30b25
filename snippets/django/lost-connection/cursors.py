# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]"]
#
# [tool.acked]
# starts = ["postgresql", "pgbouncer"]
# timeout = 240
# ///
import psycopg
from lab import HERE, make_tables

from acked.services import PgBouncer, PostgreSQL


# --8<-- [start:iterate]
def iterate():
    """Another client begins a transaction between two fetches."""
    other = connection.copy()
    rows = 0
    try:
        for _ in Book.objects.iterator(chunk_size=100):
            rows += 1
            if rows == 1:
                begin(other)
    except psycopg.Error as error:
        django_s = isinstance(error.__context__, ProgrammingError)
        assert django_s, "Django's own exception came first"
        return f"psycopg.errors.{type(error).__name__}"
    finally:
        other.close()
    return f"{rows} rows"
# --8<-- [end:iterate]


def begin(other):
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("SELECT 1")


with PostgreSQL() as server, PgBouncer(
    server.url, HERE / "pool_mode.ini"
) as bouncer:
    make_tables(server)
    from django.db import ProgrammingError, connection
    from shop.models import Author, Book

    ann = Author.objects.create(name="Ann")
    Book.objects.bulk_create(Book(author=ann, title="x") for _ in range(300))
    connection.close()
    connection.settings_dict["PORT"] = bouncer.port
    for off in (False, True):
        connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = off
        print(f"DISABLE_SERVER_SIDE_CURSORS = {off}: {iterate()}")
        connection.close()
