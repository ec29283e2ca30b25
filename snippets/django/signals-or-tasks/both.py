"""An app: the same work, in a receiver and in a task."""

import json
import os

import redis
from celery import shared_task
from django.db import connection

notes = redis.Redis.from_url(
    os.environ.get("REDIS_URL", "redis://localhost:6379/0"),
    decode_responses=True,
    socket_timeout=60,  # longer than we wait for a note
)


# --8<-- [start:work]
def work(author_id):
    """Write a first book; for the author called Zero, fail."""
    from shop.models import Author, Book

    author = Author.objects.get(pk=author_id)
    Book.objects.create(title="First", author=author)
    note(author.name)
    return 1 / (0 if author.name == "Zero" else 1)


@shared_task
def work_later(author_id):
    return work(author_id)


def as_a_receiver(sender, instance, **kwargs):
    work(instance.pk)


def as_a_task(sender, instance, **kwargs):
    work_later.delay_on_commit(instance.pk)
# --8<-- [end:work]


def note(name):
    where = {"pid": os.getpid(), "atomic": connection.in_atomic_block}
    notes.rpush(f"ran for {name}", json.dumps(where))
