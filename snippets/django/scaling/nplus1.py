# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "celery[redis]"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# environments = ["django-5-2"]
# timeout = 60
# ///
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "project"))

from acked import environments
from shop.script import start, table

OTHER = "--as-on-5.2"
start(database=OTHER not in sys.argv)

from django.db import connection, models
from django.db.models import Prefetch
from django.test.utils import CaptureQueriesContext
from shop.models import Author, Book

BOOKS = 100


# --8<-- [start:loops]
def plain():
    return [book.author.name for book in Book.objects.all()]


def select_related():
    books = Book.objects.select_related("author")
    return [book.author.name for book in books]


def prefetch_related():
    authors = Author.objects.prefetch_related("book_set")
    return [[book.title for book in a.book_set.all()] for a in authors]


def filter_after_prefetch():
    authors = Author.objects.prefetch_related("book_set")
    return [list(author.book_set.filter(stock=0)) for author in authors]


def filter_in_prefetch():
    sold_out = Prefetch("book_set", Book.objects.filter(stock=0), "sold_out")
    return [a.sold_out for a in Author.objects.prefetch_related(sold_out)]


def only_and_another_column():
    return [book.stock for book in Book.objects.only("title")]
# --8<-- [end:loops]


# --8<-- [start:modes]
def peers():
    books = Book.objects.fetch_mode(models.FETCH_PEERS)
    return [book.author.name for book in books]


def peers_and_reverse():
    authors = Author.objects.fetch_mode(models.FETCH_PEERS)
    return [list(author.book_set.all()) for author in authors]


def peers_and_iterator():
    books = Book.objects.fetch_mode(models.FETCH_PEERS).iterator()
    return [book.author.name for book in books]


def raising():
    books = Book.objects.fetch_mode(models.FETCH_RAISE)
    return [book.author.name for book in books]
# --8<-- [end:modes]


LOOPS = (
    plain,
    select_related,
    prefetch_related,
    filter_after_prefetch,
    filter_in_prefetch,
    only_and_another_column,
    peers,
    peers_and_reverse,
    peers_and_iterator,
    raising,
)


def queries(loop):
    with CaptureQueriesContext(connection) as captured:
        try:
            loop()
        except Exception as error:
            return f"{len(captured)}, then `{type(error).__name__}`"
    return len(captured)


if OTHER in sys.argv:
    print(json.dumps([queries(loop) for loop in LOOPS]))
else:
    for number in range(BOOKS):
        author = Author.objects.create(name=f"Author {number}")
        Book.objects.create(title=f"Book {number}", author=author)
    table(
        (f"queries for {BOOKS} books", "Django 6.1", "Django 5.2"),
        *zip(
            [f"`{loop.__name__}`" for loop in LOOPS],
            [queries(loop) for loop in LOOPS],
            json.loads(environments.run("django-5-2", __file__, OTHER)),
            strict=True,
        ),
    )
