"""What these snippets share: a record that Celery does not touch, and a table.

What Celery says of a task is no evidence here: each one signs in and out.
"""

import os

from redis import Redis

record = Redis.from_url(
    os.environ.get("REDIS_URL", "redis://localhost:6379/0"),
    decode_responses=True,
    socket_timeout=None,
)


def work(name):
    """Sign in, wait until the gate is open, sign out."""
    record.incr(f"{name} started")
    record.blmove(f"{name} gate", f"{name} gate", timeout=0)
    record.incr(f"{name} finished")


def open_gate(name):
    record.lpush(f"{name} gate", "open")


def started(name):
    """How many runs of it have begun."""
    return int(record.get(f"{name} started") or 0)


def finished(name):
    return int(record.get(f"{name} finished") or 0)


def table(*rows):
    """Print rows as a Markdown table; the first one is the head."""
    head, *body = rows
    for row in (head, ["---"] * len(head), *body):
        print("|", " | ".join(str(cell) for cell in row), "|")
