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
import smtplib
import sys
from contextlib import nullcontext
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path.insert(0, str(PROJECT))

from shop.script import start, table

start()

from acked.services import free_port
from django.db import transaction
from django.db.models import signals
from shop.models import Author

nobody_listens = free_port()
called = []


# --8<-- [start:receivers]
def send_mail(sender, **kwargs):
    smtplib.SMTP("127.0.0.1", nobody_listens)
# --8<-- [end:receivers]


def next_receiver(sender, **kwargs):
    called.append("next")


def create():
    Author.objects.create(name="Ann")


def delete():
    Author.objects.get().delete()


def outcome(signal, operation, block):
    signal.connect(send_mail)
    signal.connect(next_receiver)
    called.clear()
    try:
        with block:
            operation()
    except OSError as error:
        seen = type(error).__name__
    signal.disconnect(send_mail)
    signal.disconnect(next_receiver)
    return f"`{seen}`", "yes" if called else "no", Author.objects.count()


def rows():
    for name, operation in (
        ("pre_save", create),
        ("post_save", create),
        ("pre_delete", delete),
        ("post_delete", delete),
    ):
        for how, block in (
            ("autocommit", nullcontext()),
            ("inside `atomic`", transaction.atomic()),
        ):
            Author.objects.all().delete()
            if operation is delete:
                create()
            yield (
                f"`{name}`, {operation.__name__}",
                how,
                *outcome(getattr(signals, name), operation, block),
            )


table(
    (
        "the receiver that raises",
        "the caller is in",
        "the caller gets",
        "the next receiver ran",
        "rows afterwards",
    ),
    *rows(),
)
