# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "redis"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 120
# ///
import os
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "project"))
os.environ["DJANGO_SETTINGS_MODULE"] = "backends"
os.environ["CACHE_FOLDER"] = tempfile.mkdtemp()

from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from shop.script import start, table

start()
call_command("createcachetable")

from shop.models import Author, Book  # after start()

author = Author.objects.create(name="Ann")
with connection.cursor() as cursor:
    cursor.execute(
        "INSERT INTO shop_book (title, author_id, stock)"
        " SELECT n::text, %s, n %% 7 FROM generate_series(1, 200000) AS n",
        [author.pk],
    )
first = Book.objects.order_by("pk").first().pk


# --8<-- [start:work]
def report():
    """A grouping over 200,000 rows."""
    return list(Book.objects.values_list("stock").annotate(Count("pk")))


def one_row():
    return Book.objects.get(pk=first)


def views(work, alias):
    """Queries of 20 page views, and the time of the quickest."""
    times = []
    caches[alias].clear()
    with CaptureQueriesContext(connection) as queries:
        for _ in range(20):
            started = time.perf_counter()
            caches[alias].get_or_set("key", work)
            times.append(time.perf_counter() - started)
    return len(queries), min(times)
# --8<-- [end:work]


def compare(what, work):
    (uncached, slow), (in_db, _), (in_files, file), (in_redis, fast) = (
        views(work, alias) for alias in ("dummy", "db", "file", "default")
    )
    ratio = slow / fast
    assert not 10 < ratio < 20, ratio
    faster = "more than 20 x" if ratio > 20 else "less than 10 x"
    sooner = "yes" if file < fast else "no"
    return what, uncached, in_db, in_files, in_redis, faster, sooner


table(
    (
        "20 views of",
        "queries, no cache",
        "`DatabaseCache`",
        "`FileBasedCache`",
        "Redis",
        "a hit in Redis is faster by",
        "a hit in a file is faster than in Redis",
    ),
    compare("a grouping over 200,000 rows", report),
    compare("one row by its key", one_row),
)
