# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django", "psycopg[binary]", "celery[redis]", "dj-database-url", "redis",
# ]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 150
# ///
import json
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path[:0] = [str(PROJECT), str(HERE)]
os.environ["DJANGO_SETTINGS_MODULE"] = "with_both"

from shop.script import start, table

start()

from acked.services import Worker
from django.db import transaction
from django.db.models.signals import post_save
from shop.models import Author, Book

from both import as_a_receiver, as_a_task, notes

env = {
    "DJANGO_SETTINGS_MODULE": "with_both",
    "PYTHONPATH": f"{HERE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
}


class Declined(Exception):
    pass


# --8<-- [start:callers]
def succeeds():
    with transaction.atomic():
        Author.objects.create(name="Ann")
        return notes.llen("ran for Ann")


def meets_a_failure():
    with transaction.atomic():
        Author.objects.create(name="Zero")


def rolls_back():
    with transaction.atomic():
        Author.objects.create(name="Bob")
        raise Declined
# --8<-- [end:callers]


def error_of(caller):
    try:
        caller()
        return "nothing"
    except (ZeroDivisionError, Declined) as error:
        return f"`{type(error).__name__}`"


def measured(receiver):
    """What happens, in the order of FACTS."""
    notes.delete("ran for Ann", "ran for Bob", "ran for Zero")
    Author.objects.all().delete()
    post_save.connect(receiver, sender=Author)
    assert error_of(rolls_back) == "`Declined`"
    seen = error_of(meets_a_failure)
    notes.blpop(["ran for Zero"])
    done = succeeds()
    [_, where] = notes.blpop(["ran for Ann"])
    where = json.loads(where)
    post_save.disconnect(receiver, sender=Author)
    return (
        "the caller's" if where["pid"] == os.getpid() else "a worker",
        "the caller's" if where["atomic"] else "not the caller's",
        "yes" if done else "no",
        seen,
        Author.objects.filter(name="Zero").count(),
        # The only worker does one task after the other: this one is over.
        notes.llen("ran for Bob"),
        Book.objects.filter(author__name="Bob").count(),
    )


FACTS = (
    "process",
    "transaction",
    "done when `create()` has returned",
    "it raises: the caller gets",
    "it raises: authors saved",
    "the caller rolls back: it ran",
    "the caller rolls back: its books",
)
with Worker(PROJECT / "shop", "--concurrency=1", env):
    table(
        ("", "as a receiver", "as a task, sent on commit"),
        *zip(
            FACTS, measured(as_a_receiver), measured(as_a_task), strict=True
        ),
    )
