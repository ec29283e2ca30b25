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
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path[:0] = [str(PROJECT), str(HERE)]
os.environ["DJANGO_SETTINGS_MODULE"] = "gated"

from shop.script import start, table

start()

import httpx
from acked.services import Gunicorn, Worker, wait_until
from shop.models import Author, Book, Order

from gate import notes

env = {
    "DJANGO_SETTINGS_MODULE": "gated",
    "PYTHONPATH": f"{HERE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
}


def mailed(how):
    return Order.objects.get(reference=how).mailed


def state(response):
    return f"{response.result().status_code}" if response.done() else "none yet"


def buy(how):
    return requests.submit(httpx.post, f"{gunicorn.url}/{how}/", timeout=60)


def moment(what):
    row = [what]
    for how, response in answers.items():
        row += [state(response), "yes" if mailed(how) else "no"]
    row.append(notes.llen("celery"))
    rows.append(row)


book = Book.objects.create(
    title="Dune", author=Author.objects.create(name="Herbert")
)
rows = []
with ThreadPoolExecutor() as requests:
    with Gunicorn(
        "shop.wsgi", PROJECT, "--threads 4 --timeout 60", env
    ) as gunicorn:
        # --8<-- [start:moments]
        answers = {"receiver": buy("receiver")}
        notes.blpop(["mail begins"])
        answers["task"] = buy("task")
        answers["task"].result()
        moment("the mail server is silent, no worker runs")
        with Worker(PROJECT / "shop", "--concurrency=1", env):
            notes.blpop(["mail begins"])
            moment("a worker starts")
            notes.rpush("the mail server answers", 1, 2)
            wait_until(lambda: mailed("task"), 30, "the mail of the task")
            answers["receiver"].result()
            moment("the mail server answers")
        # --8<-- [end:moments]
table(
    (
        "moment",
        "receiver: response",
        "mailed",
        "task: response",
        "mailed",
        "tasks in the queue",
    ),
    *rows,
)
