"""What many experiments share: a record that Celery does not touch, and a table.

What Celery says of a task is no evidence of its runs: tasks note them here.
"""

from __future__ import annotations

import os

from redis import Redis

record = Redis.from_url(
    os.environ.get("REDIS_URL", "redis://localhost:6379/0"),
    decode_responses=True,
    socket_timeout=None,
)


def note(key: str) -> int:
    """One more run; returns how many there were."""
    return int(record.incr(key))


def runs(key: str) -> int:
    """How many were noted."""
    return int(record.get(key) or 0)


def work(name: str) -> None:
    """Sign in, wait until the gate is open, sign out."""
    note(f"{name} started")
    record.blmove(f"{name} gate", f"{name} gate", timeout=0)
    note(f"{name} finished")


def open_gate(name: str) -> None:
    """Let `work(name)` come to its end, now and at any later run of it."""
    record.lpush(f"{name} gate", "open")


def started(name: str) -> int:
    """How many runs of `work(name)` have begun."""
    return runs(f"{name} started")


def finished(name: str) -> int:
    """How many runs of `work(name)` have come to their end."""
    return runs(f"{name} finished")


def table(*rows: tuple[object, ...] | list[object]) -> None:
    """Print rows as a Markdown table; the first one is the head."""
    head, *body = rows
    for row in (head, ["---"] * len(head), *body):
        print("|", " | ".join(str(cell) for cell in row), "|")
