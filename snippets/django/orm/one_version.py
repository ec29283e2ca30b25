"""What this Django does; run by versions.py on two of them."""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "project"))

from shop.script import start

start()

import django
from django.db import DatabaseError, connection, models
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from shop.models import Author, Book

book = Book.objects.create(
    title="Dune", author=Author.objects.create(name="Herbert"), stock=5
)


# --8<-- [start:differences]
def save_an_expression():
    book.stock = F("stock") + 1
    with CaptureQueriesContext(connection) as captured:
        book.save()
    [query] = captured
    returning = "yes" if "RETURNING" in query["sql"] else "no"
    return returning, f"`{book.stock}`"


def save_it_again():
    book.save()
    return Book.objects.values_list("stock", flat=True).get()


def force_an_update():
    try:
        Author(pk=404, name="Nobody").save(force_update=True)
    except DatabaseError as error:
        return f"`{type(error).__qualname__}`"
# --8<-- [end:differences]


returning, stock = save_an_expression()
facts = {
    "version": django.__version__,
    "`RETURNING` in the UPDATE of an `F()`": returning,
    "`book.stock` is then": stock,
    "stock was 5; after another `book.save()` it is": save_it_again(),
    "forced update of a missing row": force_an_update(),
    "`QuerySet.fetch_mode`": (
        "yes" if hasattr(models.QuerySet, "fetch_mode") else "no"
    ),
    "`DB_CASCADE`": "yes" if hasattr(models, "DB_CASCADE") else "no",
}
print(json.dumps(facts))
