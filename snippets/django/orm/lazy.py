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
from django.test.utils import CaptureQueriesContext
from shop.models import Author

Author.objects.bulk_create(Author(name=name) for name in "abcde")


# --8<-- [start:touch]
def loop(authors):
    return [author.name for author in authors]


def if_then_loop(authors):
    if authors:
        loop(authors)


def if_exists_then_loop(authors):
    if authors.exists():
        loop(authors)


TOUCHES = {
    "`.filter(name='a').order_by('id')[:3]`": lambda authors: (
        authors.filter(name="a").order_by("id")[:3]
    ),
    "`[0:4:2]`, a slice with a step": lambda authors: authors[0:4:2],
    "`str(authors.query)`": lambda authors: str(authors.query),
    "`for`": loop,
    "`list()`": list,
    "`len()`": len,
    "`bool()`": bool,
    "`repr()`": repr,
    "`.iterator()`": lambda authors: list(authors.iterator()),
    "`.count()`": lambda authors: authors.count(),
    "`.exists()`": lambda authors: authors.exists(),
    "`[0]`": lambda authors: authors[0],
    "`.first()`": lambda authors: authors.first(),
    "`.first()`, if ordered": lambda authors: authors.first(),
    "`.last()`, if ordered": lambda authors: authors.last(),
    "`.get(name='a')`": lambda authors: authors.get(name="a"),
    "`.filter(name='a')`, then a loop": lambda authors: (
        loop(authors.filter(name="a"))
    ),
    "`if authors:`, then a loop": if_then_loop,
    "`if authors.exists():`, then a loop": if_exists_then_loop,
}
# --8<-- [end:touch]


def queries(touch, authors):
    with CaptureQueriesContext(connection) as captured:
        touch(authors)
    return len(captured)


def fresh(what):
    ordered = what.endswith("if ordered")
    return Author.objects.order_by("name") if ordered else Author.objects.all()


def evaluated(what):
    authors = fresh(what)
    len(authors)
    return authors


table(
    ("touch", "queries on a fresh queryset", "on an evaluated one"),
    *(
        (
            what,
            queries(touch, fresh(what)),
            queries(touch, evaluated(what)),
        )
        for what, touch in TOUCHES.items()
    ),
)
