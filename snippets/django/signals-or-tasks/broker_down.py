# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django", "psycopg[binary]", "celery[redis]", "dj-database-url",
# ]
#
# [tool.acked]
# services = ["postgresql"]
# starts = ["redis", "rabbitmq"]
# timeout = 240
# ///
import logging
import sys
from functools import partial
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path.insert(0, str(PROJECT))

from shop.script import start, table

start()

from acked.services import RabbitMQ, Redis
from celery import Celery
from django.db import transaction
from shop.models import Author, Book, Order

logging.getLogger("django.db.backends.base").addHandler(
    logging.NullHandler()
)
book = Book.objects.create(
    title="Dune", author=Author.objects.create(name="Herbert")
)


# --8<-- [start:ways]
def without_atomic(task):
    order = Order.objects.create(book=book, reference="A-1")
    task.delay(order.pk)


@transaction.atomic
def inside_atomic(task):
    order = Order.objects.create(book=book, reference="A-1")
    task.delay(order.pk)


@transaction.atomic
def on_commit(task):
    order = Order.objects.create(book=book, reference="A-1")
    transaction.on_commit(partial(task.delay, order.pk))


@transaction.atomic
def on_commit_robust(task):
    order = Order.objects.create(book=book, reference="A-1")
    transaction.on_commit(partial(task.delay, order.pk), robust=True)
# --8<-- [end:ways]


def send_receipt(order_id):
    """No worker runs here: we count what waits for one."""


def outcome(way, task):
    tried.clear()
    seen = "no exception"
    try:
        way(task)
    except Exception as error:
        seen = f"`{type(error).__module__}.{type(error).__name__}`"
    return seen, len(tried), Order.objects.all().delete()[0]


def note_connections(event, arguments):
    if event == "socket.connect":
        tried.append(arguments[1])


tried = []
sys.addaudithook(note_connections)
WAYS = (without_atomic, inside_atomic, on_commit, on_commit_robust)


def stopped(Broker):
    with Broker() as broker:
        app = Celery("shop", broker=broker.url)
        task = app.task(send_receipt)
        broker.stop()
        outcomes = [outcome(way, task) for way in WAYS]
        broker.start()
        waiting = app.control.purge()
    return *outcomes, waiting


*in_redis, waiting = stopped(Redis)
*in_rabbitmq, waiting_too = stopped(RabbitMQ)
assert in_redis == in_rabbitmq
waiting += waiting_too
table(
    ("the order", "the caller gets", "connection attempts", "orders saved"),
    *(
        (f"`{way.__name__}`", *seen)
        for way, seen in zip(WAYS, in_redis, strict=True)
    ),
    ("in both queues, when they are back", f"{waiting} tasks", "", ""),
)
