# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django", "psycopg[binary]", "celery[redis]", "redis", "gunicorn",
#     "dj-database-url", "httpx", "django-tasks-db",
# ]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 120
# ///
import tempfile
from contextlib import suppress
from pathlib import Path

import httpx
from jobs import PROJECT, environment, mailbox
from shop.script import start, table

start()

from acked.services import Gunicorn, ServiceError, wait_until
from django.db import connection


def connections():
    """Those of the server, by what PostgreSQL says they do."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE pid != "
            "pg_backend_pid() AND datname = current_database() "
            "AND state = 'idle'"
        )
        return cursor.fetchone()[0]


def fault(address):
    """The HTTP status, and how many errors Django logged."""
    logged, stderr = log.read_text(), server.log()
    status = httpx.get(f"{server.url}/{address}").status_code
    wait_until(lambda: "ConnectionError: the mail" in changed(stderr, logged))
    new = log.read_text()[len(logged):]
    return status, new.count("Internal Server Error")


def changed(stderr, logged):
    return server.log()[len(stderr):] + log.read_text()[len(logged):]


def ten_threads(query):
    """Idle connections: before, while the threads run, after their end."""
    mailbox.flushdb()
    wait_until(lambda: not connections())  # that of the last request
    before = connections()
    for _ in range(10):
        httpx.get(f"{server.url}/queries-in-a-thread{query}")
    wait_until(lambda: mailbox.get("queried") == "10")
    during = connections()
    wait_until(lambda: mailbox.get("ended") == "10")
    with suppress(ServiceError):
        wait_until(lambda: not connections(), 3)
    left = connections()
    return f"{before}, {during}, {'more than 0' if left else 0}"


log = Path(tempfile.mkdtemp()) / "errors.log"
env = environment("with_threads", LOG=str(log))
with Gunicorn("shop.wsgi", PROJECT, "--threads 2", env) as server:
    in_view = fault("fails")
    in_thread = fault("fails-in-a-thread")
    httpx.get(f"{server.url}/row-not-committed")
    found = mailbox.get("row in the thread")
    closes = ten_threads("?close")
    forgets = ten_threads("")
table(
    ("what the view does", "HTTP says", "and"),
    ("raises", in_view[0], f"errors logged by Django: {in_view[1]}"),
    (
        "its thread raises",
        in_thread[0],
        f"errors logged by Django: {in_thread[1]}",
    ),
    (
        "its thread reads the row of the open transaction",
        202,
        f"rows found: {found}",
    ),
    (
        "10 threads query and close, connections before, then, after",
        202,
        closes,
    ),
    ("the same without `connection.close()`", 202, forgets),
)
