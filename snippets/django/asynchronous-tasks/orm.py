# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "celery[redis]"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# environments = ["django-5-2"]
# timeout = 60
# ///
import asyncio
import json
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "project"))

from acked import environments
from shop.script import start, table

OTHER = "--as-on-5.2"
start(database=OTHER not in sys.argv)

from asgiref.sync import sync_to_async
from django.core.exceptions import SynchronousOnlyOperation
from django.db import connection, transaction
from django.db.models import QuerySet
from shop.models import Author, Book


# --8<-- [start:calls]
async def sync_query():
    return Book.objects.get().title


async def a_method():
    return (await Book.objects.aget()).title


class TellingQuerySet(QuerySet):
    def get(self):
        return threading.current_thread()


async def thread_of_an_a_method():
    thread = await TellingQuerySet(Book).aget()
    return f"the loop's own: {thread is threading.current_thread()}"


async def lazy_foreign_key():
    book = await Book.objects.aget()
    return book.author.name


async def joined_foreign_key():
    book = await Book.objects.select_related("author").aget()
    return book.author.name


async def atomic_in_one_sync_function():
    return await sync_to_async(take_two)()


@transaction.atomic
def take_two():
    Book.objects.update(stock=1)
    return f"in a transaction: {connection.in_atomic_block}"
# --8<-- [end:calls]


async def async_with_atomic():
    async with transaction.atomic():
        await Book.objects.aupdate(stock=1)


async def with_atomic():
    with transaction.atomic():
        await Book.objects.aupdate(stock=1)


CALLS = {
    "`sync_query`": sync_query,
    "`a_method`": a_method,
    "`thread_of_an_a_method`": thread_of_an_a_method,
    "`lazy_foreign_key`": lazy_foreign_key,
    "`joined_foreign_key`": joined_foreign_key,
    "`async with transaction.atomic()`": async_with_atomic,
    "`with transaction.atomic()`": with_atomic,
    "`atomic_in_one_sync_function`": atomic_in_one_sync_function,
}


def outcome(call):
    try:
        return asyncio.run(call())
    except (SynchronousOnlyOperation, TypeError) as error:
        return f"`{type(error).__name__}`"


if OTHER in sys.argv:
    print(json.dumps([outcome(call) for call in CALLS.values()]))
else:
    Book.objects.create(
        title="Emma", author=Author.objects.create(name="Austen")
    )
    table(
        ("in a coroutine", "Django 6.1", "Django 5.2"),
        *zip(
            CALLS,
            [outcome(call) for call in CALLS.values()],
            json.loads(environments.run("django-5-2", __file__, OTHER)),
            strict=True,
        ),
    )
