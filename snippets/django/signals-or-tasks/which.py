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
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path.insert(0, str(PROJECT))

from shop.script import start, table

start()

from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection, models
from django.db.models import signals
from shop.models import Author, Book


class Chapter(models.Model):
    """Its rows are deleted by PostgreSQL itself (new in Django 6.1)."""

    book = models.ForeignKey(Book, models.DB_CASCADE)

    class Meta:
        app_label = "shop"


with connection.schema_editor() as editor:
    editor.create_model(Chapter)

seen = []
NAMES = ("pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed")


# --8<-- [start:receivers]
def note(name):
    def receiver(sender, **kwargs):
        what = f"{name}({sender.__name__})"
        for detail in ("created", "raw", "action"):
            if kwargs.get(detail):
                what += f" {detail}={kwargs[detail]}"
        seen.append(what)

    return receiver


for name in NAMES:
    getattr(signals, name).connect(note(name), weak=False)
# --8<-- [end:receivers]


def update_in_sql():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE shop_book SET stock = 9")


def load_fixture():
    fields = {"name": "Le Guin"}
    row = {"model": "shop.author", "pk": 99, "fields": fields}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as fixture:
        fixture.write(json.dumps([row]))
        fixture.flush()
        call_command("loaddata", fixture.name, verbosity=0)


def bulk_update():
    first.stock = 3
    Book.objects.bulk_update([first], ["stock"])


def row(operation, call):
    seen.clear()
    call()
    sent = [
        f"`{what}`" + (f" × {times}" if times > 1 else "")
        for what, times in Counter(seen).items()
    ]
    return operation, ", ".join(sent) or "**none**"


ann = Author.objects.create(name="Ann")
first = Book.objects.create(title="A", author=ann)
second = Book.objects.create(title="B", author=ann)
bob = User.objects.create(username="bob")
staff = Group.objects.create(name="staff")
new = [Book(title=title, author=ann) for title in "CD"]
Chapter.objects.bulk_create([Chapter(book=first), Chapter(book=second)])

table(
    ("operation", "signals sent"),
    row("`create()`", lambda: Author.objects.create(name="Bob")),
    row("`save()` of an existing row", lambda: first.save()),
    row(
        "`save(update_fields=[…])`",
        lambda: first.save(update_fields=["stock"]),
    ),
    row(
        "`update_or_create()`, found",
        lambda: Book.objects.update_or_create(
            title="A", defaults={"stock": 2}
        ),
    ),
    row(
        "`get_or_create()`, found",
        lambda: Book.objects.get_or_create(title="A"),
    ),
    row("`bulk_create()`, 2 rows", lambda: Book.objects.bulk_create(new)),
    row("`bulk_update()`", bulk_update),
    row("`QuerySet.update()`", lambda: Book.objects.update(stock=1)),
    row("`UPDATE` with a cursor", update_in_sql),
    row("`loaddata`", load_fixture),
    row("`user.groups.add()`", lambda: bob.groups.add(staff)),
    row(
        "`QuerySet.delete()`, 2 rows",
        lambda: Book.objects.filter(title__in="CD").delete(),
    ),
    row(
        "`author.delete()`, with 1 author, 2 books, 2 chapters",
        lambda: ann.delete(),
    ),
)
assert not Chapter.objects.exists(), "PostgreSQL was to delete them"
