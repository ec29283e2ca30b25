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
import asyncio
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path.insert(0, str(PROJECT))

from shop.script import start, table

start()

from django.db.models.signals import post_save
from shop.models import Author

events = []


# --8<-- [start:slow]
def slow(sender, **kwargs):
    events.append("begins")
    time.sleep(0.5)
    events.append("ends")


async def slow_async(sender, **kwargs):
    events.append("begins")
    await asyncio.sleep(0.5)
    events.append("ends")


def create_with(*receivers):
    for receiver in receivers:
        post_save.connect(receiver)
    Author.objects.create(name="Ann")
    events.append("create() returns")
# --8<-- [end:slow]
    for receiver in receivers:
        post_save.disconnect(receiver)


def row(what, *receivers):
    events.clear()
    create_with(*receivers)
    return what, ", ".join(events)


def slow_too(sender, **kwargs):
    slow(sender)


async def slow_async_too(sender, **kwargs):
    await slow_async(sender)


table(
    ("receivers of `post_save`", "what happens, in order"),
    row("two sync", slow, slow_too),
    row("one `async def`", slow_async),
    row("two `async def`", slow_async, slow_async_too),
)
