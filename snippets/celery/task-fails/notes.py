"""What a task notes of its own runs: what Celery says is no evidence."""

import os

from redis import Redis

record = Redis.from_url(
    os.environ["REDIS_URL"], decode_responses=True, socket_timeout=None
)


def note(key):
    """One more run; returns how many there were."""
    return record.incr(key)


def runs(key):
    return int(record.get(key) or 0)


def table(*rows):
    """Print rows as a Markdown table; the first one is the head."""
    head, *body = rows
    for row in (head, ["---"] * len(head), *body):
        print("|", " | ".join(str(cell) for cell in row), "|")
