# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django", "psycopg[binary]", "celery[redis]", "dj-database-url", "redis",
# ]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 90
# ///
import sys
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path.insert(0, str(PROJECT))

from shop.script import start, table

start()

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import F
from django.db.models.signals import post_save
from shop.models import Author, Book


def in_a_thread(function):
    """Another request: a thread with a connection of its own."""

    def run():
        function()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


# --8<-- [start:receivers]
def delete_at_once(sender, instance, **kwargs):
    cache.delete(f"stock:{instance.pk}")


def delete_on_commit(sender, instance, **kwargs):
    transaction.on_commit(lambda: cache.delete(f"stock:{instance.pk}"))


def read():
    stock = cache.get(f"stock:{book.pk}")
    if stock is None:
        stock = Book.objects.get(pk=book.pk).stock
        cache.set(f"stock:{book.pk}", stock, timeout=300)
    return stock


def sell(meanwhile):
    with transaction.atomic():
        sold = Book.objects.get(pk=book.pk)
        sold.stock -= 1
        sold.save()
        in_a_thread(meanwhile)
# --8<-- [end:receivers]


def sell_with_update(meanwhile):
    with transaction.atomic():
        Book.objects.filter(pk=book.pk).update(stock=F("stock") - 1)
        in_a_thread(meanwhile)


class SlowReader:
    """Reads the row before COMMIT and writes the cache after it."""

    def __init__(self):
        self.has_read = threading.Event()
        self.may_write = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def begin(self):
        self.thread.start()
        self.has_read.wait(30)

    def run(self):
        stock = Book.objects.get(pk=book.pk).stock
        self.has_read.set()
        self.may_write.wait(30)
        cache.set(f"stock:{book.pk}", stock, timeout=300)
        connection.close()

    def end(self):
        self.may_write.set()
        self.thread.join()


def nothing():
    pass


def row(what, receiver, write, meanwhile, afterwards=nothing):
    Book.objects.filter(pk=book.pk).update(stock=5)
    cache.clear()
    read()
    post_save.connect(receiver, sender=Book)
    write(meanwhile)
    afterwards()
    post_save.disconnect(receiver, sender=Book)
    stock = Book.objects.get(pk=book.pk).stock
    cached = read()
    verdict = "right" if stock == cached else "**stale**"
    return what, f"`{receiver.__name__}`", stock, cached, verdict


book = Book.objects.create(
    title="Dune", author=Author.objects.create(name="Herbert")
)
slow = SlowReader()
table(
    ("what happens", "receiver", "database", "cache", ""),
    row("`save()`, no reader", delete_at_once, sell, nothing),
    row("`save()`, a reader before COMMIT", delete_at_once, sell, read),
    row("`save()`, a reader before COMMIT", delete_on_commit, sell, read),
    row("`update()`", delete_on_commit, sell_with_update, nothing),
    row(
        "`save()`, a slow reader: row before COMMIT, cache after it",
        delete_on_commit,
        sell,
        slow.begin,
        slow.end,
    ),
)
