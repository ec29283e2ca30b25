# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django", "psycopg[binary]", "celery[redis]", "dj-database-url",
#     "gunicorn", "httpx", "redis",
# ]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 150
# ///
import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path[:0] = [str(PROJECT), str(HERE)]

os.environ["DJANGO_SETTINGS_MODULE"] = "audited"

from shop.script import start, table

start()

import httpx
import psycopg
from acked.services import Gunicorn, Worker
from shop.models import Author

from audit import notes, save, save_in_worker

DATABASE_URL = os.environ.get(
    "DATABASE_URL", "postgresql://postgres@localhost:5432/postgres"
)
SAVE = """
from audit import save
save("in a management command")
"""

env = {
    "DJANGO_SETTINGS_MODULE": "audited",
    "PYTHONPATH": f"{HERE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
}


def save_in_command():
    subprocess.run(
        [sys.executable, "manage.py", "shell", "--command", SAVE],
        cwd=PROJECT,
        env={**os.environ, **env},
        check=True,
        capture_output=True,
    )


def save_in_sql():
    with psycopg.connect(DATABASE_URL) as connection:
        connection.execute(
            "INSERT INTO shop_author (name) VALUES ('with psycopg alone')"
        )


with (
    Gunicorn("shop.wsgi", PROJECT, env=env) as gunicorn,
    Worker(PROJECT / "shop", "--concurrency=1", env) as worker,
):
    save("in this script")
    httpx.post(gunicorn.url).raise_for_status()
    save_in_worker.delay().get(timeout=30)
    save_in_command()
    save_in_sql()

seen = {}
for note in notes.lrange("seen", 0, -1):
    name, program = json.loads(note)
    seen.setdefault(name, []).append(f"`{program}`")
table(
    ("row saved", "receiver ran in"),
    *(
        (author.name, ", ".join(seen.get(author.name, ["**nowhere**"])))
        for author in Author.objects.order_by("pk")
    ),
)
