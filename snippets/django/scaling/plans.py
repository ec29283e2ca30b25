# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "celery[redis]"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 90
# ///
import json
import os
import sys
from contextlib import contextmanager
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "project"))

from shop.script import start, table

start()

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import connection
from django.db.models import Index
from django.db.models.functions import Upper
from shop.models import Author, Book, Order

ROWS = 100_000

# --8<-- [start:queries]
QUERIES = {
    "equal": Order.objects.filter(reference="R-00500"),
    "startswith": Order.objects.filter(reference__startswith="R-0050"),
    "iexact": Order.objects.filter(reference__iexact="r-00500"),
    "icontains": Order.objects.filter(reference__icontains="00500"),
}
# --8<-- [end:queries]

# --8<-- [start:indexes]
INDEXES = {
    "`Index` (btree)": Index("reference", name="i"),
    "btree, `varchar_pattern_ops`": Index(
        OpClass("reference", "varchar_pattern_ops"), name="i"
    ),
    "btree on `Upper()`": Index(Upper("reference"), name="i"),
    "GIN on `Upper()`, trigrams": GinIndex(
        OpClass(Upper("reference"), "gin_trgm_ops"), name="i"
    ),
}
# --8<-- [end:indexes]


@contextmanager
def built(index):
    with connection.schema_editor() as editor:
        editor.add_index(Order, index)
    analyze()
    yield
    with connection.schema_editor() as editor:
        editor.remove_index(Order, index)


def analyze():
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE shop_order")


def scan(query):
    [plan] = json.loads(query.explain(format="json"))
    node = plan["Plan"]
    while "Plans" in node:
        node = node["Plans"][0]
    return "whole table" if node["Node Type"] == "Seq Scan" else "index"


emma = Book.objects.create(
    title="Emma", author=Author.objects.create(name="Austen")
)
Order.objects.bulk_create(
    [Order(book=emma, reference=f"R-{n:05}") for n in range(ROWS)],
    batch_size=10_000,
)
analyze()
with connection.cursor() as cursor:
    cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    cursor.execute(
        "SELECT datcollate FROM pg_database WHERE datname ="
        " current_database()"
    )
    [collation] = cursor.fetchone()
rows = [("none", *map(scan, QUERIES.values()))]
for name, index in INDEXES.items():
    with built(index):
        rows.append((name, *map(scan, QUERIES.values())))
head = f"{ROWS:,} rows, collation {collation}"
table((head, *(f"`{name}`" for name in QUERIES)), *rows)
