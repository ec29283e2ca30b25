# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "celery[redis]"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 90
# ///
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "project"))

from shop.script import start, table

start()

from django.db import connection
from shop.models import Author, Book, Order

PAGE = 20
emma = Book.objects.create(
    title="Emma", author=Author.objects.create(name="Austen")
)
Order.objects.bulk_create(
    [Order(book=emma, reference=f"R-{n:05}") for n in range(50_000)],
    batch_size=10_000,
)
with connection.cursor() as cursor:
    cursor.execute("ANALYZE shop_order")


# --8<-- [start:pages]
def by_offset(number):
    start = number * PAGE
    return Order.objects.order_by("pk")[start : start + PAGE]


def after(last_seen):
    return Order.objects.filter(pk__gt=last_seen).order_by("pk")[:PAGE]
# --8<-- [end:pages]


def rows_read(page):
    [plan] = json.loads(page.explain(format="json", analyze=True))
    node = plan["Plan"]
    while "Plans" in node:
        node = node["Plans"][0]
    assert "Index" in node["Node Type"], node
    return int(node["Actual Rows"])


first = Order.objects.order_by("pk")[0].pk
table(
    ("rows read for 20 rows", "`by_offset`", "`after`"),
    *(
        (
            f"page {number:,}",
            f"{rows_read(by_offset(number)):,}",
            rows_read(after(first - 1 + number * PAGE)),
        )
        for number in (0, 100, 2000)
    ),
)
