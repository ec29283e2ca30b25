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
# starts = ["postgresql"]
# timeout = 120
# ///
import re

from django.db import connection, transaction
from django.db.models.signals import post_save
from logged import server
from shop.models import Author, Book
from shop.script import table

signals = []
post_save.connect(lambda **kwargs: signals.append(1), weak=False)


def row(call):
    signals.clear()
    before = len(server.log())
    call()
    verbs = re.findall(
        r"#LOG: +(?:statement|execute .*?): (\w+)", server.log()[before:]
    )
    sent = " ".join(verbs).replace("INSERT " * 4, "INSERT × 4 ")
    return f"`{call.__name__}`", sent, len(signals)


ann = Author.objects.create(name="Ann")
book = Book.objects.create(title="A", author=ann)


def new_books():
    return [Book(title="B", author=ann) for _ in range(1000)]


# --8<-- [start:calls]
def create():
    Author.objects.create(name="Bob")


def save_loaded():
    ann.save()


def save_with_an_id_of_my_own():
    Author(pk=77, name="Cid").save()


def get_or_create_found():
    Author.objects.get_or_create(name="Ann")


def get_or_create_new():
    Author.objects.get_or_create(name="Dan")


def update_or_create_found():
    Author.objects.update_or_create(name="Dan", defaults={"name": "Don"})


def update():
    Book.objects.update(stock=1)


def bulk_create_1000():
    Book.objects.bulk_create(new_books())


def bulk_create_1000_in_batches():
    Book.objects.bulk_create(new_books(), batch_size=250)


def bulk_update():
    Book.objects.bulk_update([book], ["stock"])


def delete_book_and_its_orders():
    book.delete()


def create_in_atomic():
    with transaction.atomic():
        create()


def create_in_two_atomics():
    with transaction.atomic(), transaction.atomic():
        create()
# --8<-- [end:calls]


table(
    ("call", "statements on the wire", "`post_save` signals"),
    *map(
        row,
        (
            create,
            save_loaded,
            save_with_an_id_of_my_own,
            get_or_create_found,
            get_or_create_new,
            update_or_create_found,
            update,
            bulk_update,
            bulk_create_1000,
            bulk_create_1000_in_batches,
            delete_book_and_its_orders,
            create_in_atomic,
            create_in_two_atomics,
        ),
    ),
)
connection.close()
server.stop()
