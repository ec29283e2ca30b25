"""What the experiments share: a server's tables, its app, its answers."""

import io
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, redirect_stdout
from pathlib import Path

import httpx

from acked import environments
from acked.services import Gunicorn, PostgreSQL

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path.insert(0, str(PROJECT))


def make_tables(server):
    """Set Django up in this process, on this server."""
    os.environ["DATABASE_URL"] = server.url
    from shop.script import start

    start("lost_settings")
    from django.db import connection

    connection.close()


def variables(database_url, settings, version=None):
    """The environment of an app with these DATABASES settings."""
    other = environments.variables(version) if version else os.environ
    python_path = other.get("PYTHONPATH", "")
    return {
        "DATABASE_URL": database_url,
        "DATABASE_SETTINGS": json.dumps(settings),
        "DJANGO_SETTINGS_MODULE": "lost_settings",
        "PYTHONPATH": f"{HERE}{os.pathsep}{python_path}",
    }


def gunicorn(database_url, settings, version=None, options=""):
    env = variables(database_url, settings, version)
    return Gunicorn("shop.wsgi", PROJECT, options, env)


def started(stack: ExitStack, services):
    """Start them at the same time; the stack ends them."""
    with ThreadPoolExecutor() as pool:
        return list(pool.map(stack.enter_context, services))


def get(app, page="books"):
    """The HTTP status of one request."""
    return httpx.get(f"{app.url}/{page}", timeout=30).status_code


def sessions(server):
    """How many sessions the server has for its clients, ours apart."""
    with server.connect() as administrator:
        return administrator.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type ="
            " 'client backend' AND pid != pg_backend_pid()"
        ).fetchone()[0]


def working(server, seconds):
    """How many sessions are in a pg_sleep of so many seconds."""
    with server.connect() as administrator:
        return administrator.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
            f" AND query LIKE '%pg_sleep({seconds})%'"
            " AND pid != pg_backend_pid()"
        ).fetchone()[0]


def standby_of(primary):
    """A streaming standby, made from a base backup."""
    standby = PostgreSQL()
    standby._run(
        "pg_basebackup",
        "--write-recovery-conf",
        "--checkpoint=fast",
        f"--pgdata={standby.data}",
        f"--dbname={primary.url}",
    )
    return standby


def promote(standby):
    with standby.connect() as administrator:
        administrator.execute("SELECT pg_promote()")


def same_on_django_5_2(script, *rows):
    """Print the table; run the script on 5.2 too and compare."""
    from shop.script import table

    with redirect_stdout(io.StringIO()) as own:
        table(*rows)
    if "SECOND_RUN" not in os.environ:
        other = environments.variables("django-5-2")
        again = subprocess.run(
            [sys.executable, script],
            env={**os.environ, **other, "SECOND_RUN": "yes"},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        assert again.stdout == own.getvalue(), again.stdout
    print(own.getvalue(), end="")
