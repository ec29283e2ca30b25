# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django",
#     "psycopg[binary]",
#     "celery[redis]",
#     "dj-database-url",
# ]
#
# [tool.acked]
# services = ["postgresql"]
# timeout = 90
# ///
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path.insert(0, str(PROJECT))

from shop.script import start, table

start()

from django.db import connection, transaction
from django.db.models import F
from django.db.utils import OperationalError
from shop.models import Author, Book


def meet():
    """Both have come so far; or the other one waits for our lock."""
    with suppress(threading.BrokenBarrierError):
        both.wait(patience)


# --8<-- [start:ways]
def read_modify_write():
    book = Book.objects.get()
    meet()
    book.stock -= 1
    book.save()


@transaction.atomic
def in_atomic():
    book = Book.objects.get()
    meet()
    book.stock -= 1
    book.save()


def with_f():
    meet()
    Book.objects.update(stock=F("stock") - 1)


@transaction.atomic
def select_for_update():
    book = Book.objects.select_for_update().get()
    meet()
    book.stock -= 1
    book.save()


@transaction.atomic
def repeatable_read():
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    book = Book.objects.get()
    meet()
    book.stock -= 1
    book.save()
# --8<-- [end:ways]


def sale(way):
    try:
        way()
        return "sold"
    except OperationalError as error:
        return f"`{type(error.__cause__).__name__}`"
    finally:
        connection.close()


def row(way):
    global both, patience
    both = threading.Barrier(2)
    patience = 0.5 if way is select_for_update else 30
    Book.objects.update(stock=10)
    with ThreadPoolExecutor() as threads:
        outcomes = sorted(threads.map(sale, [way, way]), reverse=True)
    return f"`{way.__name__}`", ", ".join(outcomes), Book.objects.get().stock


Book.objects.create(title="Dune", author=Author.objects.create(name="Herbert"))
with connection.cursor() as cursor:
    cursor.execute("SHOW transaction_isolation")
    [level] = cursor.fetchone()
assert level == "read committed"
table(
    ("two sales at once, stock was 10", "outcomes", "stock"),
    *map(
        row,
        (
            read_modify_write,
            in_atomic,
            with_f,
            select_for_update,
            repeatable_read,
        ),
    ),
)
