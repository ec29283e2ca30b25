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
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path[:0] = [str(PROJECT), str(HERE)]
os.environ["DJANGO_SETTINGS_MODULE"] = "receipted"

from shop.script import start, table

start()

from acked.services import Worker
from django.db import transaction
from django.db.models.signals import post_save
from shop.models import Author, Book, Order

from receipts import delay_at_once, delay_on_commit, notes


def outcome(order_id):
    """Wait for the worker; what it found for this order."""
    answer = notes.blpop([f"outcome:{order_id}"], timeout=30)
    return answer[1] if answer else "no answer"


class Declined(Exception):
    pass


# --8<-- [start:block]
def buy(last_step):
    with transaction.atomic():
        order = Order.objects.create(book=book, reference="A-1")
        seen = last_step(order.pk)
    return seen or outcome(order.pk)
# --8<-- [end:block]


def buy_without_a_block():
    return outcome(Order.objects.create(book=book, reference="A-1").pk)


def quick(order_id):
    """The block ends at once."""


def declined(order_id):
    raise Declined(order_id)


def row(receiver, last_step, block):
    post_save.connect(receiver, sender=Order)
    try:
        found = buy(last_step) if last_step else buy_without_a_block()
    except Declined as error:
        # The only worker has done all that was sent before this one.
        marker = Order.objects.create(book=book, reference="marker").pk
        outcome(marker)
        found = notes.lpop(f"outcome:{error.args[0]}") or "was never asked"
    post_save.disconnect(receiver, sender=Order)
    rows = Order.objects.exclude(reference="marker").delete()[0]
    return f"`{receiver.__name__}`", block, found, rows


book = Book.objects.create(
    title="Dune", author=Author.objects.create(name="Herbert")
)
env = {
    "DJANGO_SETTINGS_MODULE": "receipted",
    "PYTHONPATH": f"{HERE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
}
with Worker(PROJECT / "shop", "--concurrency=1", env):
    table(
        ("receiver of `post_save`", "the block", "the worker", "orders saved"),
        row(delay_at_once, outcome, "is slow, commits"),
        row(delay_on_commit, quick, "commits"),
        row(delay_at_once, declined, "rolls back"),
        row(delay_on_commit, declined, "rolls back"),
        row(delay_on_commit, None, "there is none"),
    )
