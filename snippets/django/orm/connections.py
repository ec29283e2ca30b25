# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django", "psycopg[binary,pool]", "celery[redis]", "dj-database-url",
#     "gunicorn", "httpx",
# ]
#
# [tool.acked]
# services = ["postgresql"]
# timeout = 300
# ///
import os
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path.insert(0, str(PROJECT))

import httpx
import psycopg
from acked.services import Gunicorn, Proxy, wait_until
from shop.script import table

DATABASE_URL = os.environ.get(
    "DATABASE_URL", "postgresql://postgres@localhost:5432/postgres"
)
here = urlsplit(DATABASE_URL)
PYTHONPATH = os.environ.get("PYTHONPATH", "")
administrator = psycopg.connect(DATABASE_URL, autocommit=True)


def connections():
    """What each connection of gunicorn does."""
    rows = administrator.execute(
        "SELECT CASE wait_event WHEN 'advisory' THEN 'held' ELSE state END"
        " FROM pg_stat_activity WHERE application_name = 'gunicorn'"
        " AND datname = current_database()"
    )
    return [what for [what] in rows]


def at_work():
    return [what for what in connections() if what == "held"]


def experiment(settings, what, together, idle, processes=1):
    with ExitStack() as stack:
        proxy = stack.enter_context(Proxy(here.port))
        clients = stack.enter_context(ThreadPoolExecutor(4 * processes))
        through_proxy = f"{here.username}@127.0.0.1:{proxy.port}"
        env = {
            "DJANGO_SETTINGS_MODULE": settings,
            "PYTHONPATH": f"{HERE}{os.pathsep}{PYTHONPATH}",
            "DATABASE_URL": here._replace(netloc=through_proxy).geturl(),
            "PGAPPNAME": "gunicorn",
        }
        servers = [
            stack.enter_context(
                Gunicorn("shop.wsgi", PROJECT, "--threads 4", env)
            )
            for _ in range(processes)
        ]
        urls = [server.url for server in servers] * 4
        administrator.execute("SELECT pg_advisory_lock(1)")
        requests = [clients.submit(get, url) for url in urls]
        wait_until(lambda: len(at_work()) == together)
        failed = len(urls) - together
        wait_until(lambda: sum(each.done() for each in requests) == failed)
        busy = len(connections())
        administrator.execute("SELECT pg_advisory_unlock(1)")
        answers = Counter(each.result() for each in requests)
        for url in urls:
            assert get(url) == "answered"
        wait_until(lambda: connections() == ["idle"] * idle)
    said = ", ".join(f"{answers[text]} {text}" for text in sorted(answers))
    return what, busy, said, idle, proxy.accepted


def get(url):
    return httpx.get(url, timeout=60).text


table(
    (
        "gunicorn with 4 threads",
        "connections, 4 requests at once",
        "answers",
        "idle afterwards",
        "opened, with 4 more requests",
    ),
    experiment("held_settings", "as it comes", 4, 0),
    experiment("kept", "`CONN_MAX_AGE`", 4, 4),
    experiment("pooled", "`pool`", 2, 2),
    experiment("pooled", "`pool`, two processes", 4, 4, processes=2),
)
administrator.close()
