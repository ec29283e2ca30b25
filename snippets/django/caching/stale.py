# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "redis"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 60
# ///
import sys
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "project"))

from django.core.cache import cache
from django.db import connection, transaction
from shop.script import start, table

start()

from shop.models import Author, Book


# --8<-- [start:stale]
def page(pause=lambda: None):
    stock = cache.get("stock")
    if stock is None:
        stock = Book.objects.get().stock
        pause()
        cache.set("stock", stock)
    return stock


def delete_inside():
    with transaction.atomic():
        Book.objects.update(stock=3)
        cache.delete("stock")
        in_another_request(page)


def delete_on_commit():
    with transaction.atomic():
        Book.objects.update(stock=3)
        transaction.on_commit(lambda: cache.delete("stock"))
        in_another_request(page)


def delete_during_a_read():
    in_another_request(lambda: page(pause=delete_on_commit))
# --8<-- [end:stale]


def in_another_request(work):
    def run():
        work()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def after(change):
    cache.clear()
    Book.objects.update(stock=10)
    change()
    return Book.objects.get().stock, page()


Book.objects.create(
    title="Queues", author=Author.objects.create(name="Ann"), stock=10
)
table(
    ("the key is deleted", "database", "page"),
    ("inside the block", *after(delete_inside)),
    ("in `on_commit`", *after(delete_on_commit)),
    ("in `on_commit`, a reader has read before", *after(delete_during_a_read)),
)
