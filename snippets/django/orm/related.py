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
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path.insert(0, str(PROJECT))

from shop.script import start, table

start()

from django.db import connection
from django.db.models import FETCH_PEERS
from django.test.utils import CaptureQueriesContext
from shop.models import Author, Book

for name in "abcdefghij":
    author = Author.objects.create(name=name)
    Book.objects.create(title=f"by {name}", author=author)


# --8<-- [start:related]
def lines(books):
    return [f"{book} by {book.author}" for book in books]


books = Book.objects.all()
WAYS = {
    "`Book.objects.all()`": books,
    "`select_related('author')`": books.select_related("author"),
    "`prefetch_related('author')`": books.prefetch_related("author"),
    "`fetch_mode(FETCH_PEERS)`, since 6.1": books.fetch_mode(FETCH_PEERS),
}
# --8<-- [end:related]


def queries(books):
    with CaptureQueriesContext(connection) as captured:
        lines(books)
    return len(captured)


table(
    ("10 books and their authors", "queries"),
    *((what, queries(books)) for what, books in WAYS.items()),
)
