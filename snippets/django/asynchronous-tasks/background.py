# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "celery[redis]", "httpx",
#   "gunicorn", "uvicorn"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 90
# ///
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "project"))

from acked.services import Worker, wait_until
from servers import PROJECT, client, gunicorn, uvicorn
from shop.script import start, table

start()

from shop.models import Author, Book, Order

CASES = (
    ("works", "gunicorn"),
    ("awaits_work", "uvicorn"),
    ("creates_task", "uvicorn"),
    ("creates_task", "gunicorn"),
    CELERY := ("sends_to_celery", "gunicorn"),
)


def ordered(server, view):
    """Have the view do its work for a new order; was it done by then?"""
    order = Order.objects.create(book=emma, reference=view)
    answer = client.get(f"{server.url}/{view}/{order.pk}/")
    assert answer.is_success, answer
    return order, done(order)


def done(order):
    order.refresh_from_db()
    return order.mailed


def on_each(servers, stop=False):
    """The orders of all cases; each server may stop after its last one."""
    orders = {}
    for server in servers:
        for case in CASES:
            if case[1] == server.name:
                orders[case] = ordered(server, case[0])
        if stop:
            server.stop()
    return orders


def yes(fact):
    return "yes" if fact else "no"


emma = Book.objects.create(
    title="Emma", author=Author.objects.create(name="Austen")
)
with ExitStack() as running:
    servers = [gunicorn(), uvicorn(), gunicorn(), uvicorn()]
    with ThreadPoolExecutor() as pool:
        list(pool.map(running.enter_context, servers))
        alone = pool.submit(on_each, servers[:2])
        interrupted = pool.submit(on_each, servers[2:], stop=True)
    alone, interrupted = alone.result(), interrupted.result()
    running.enter_context(Worker(PROJECT / "shop", "--concurrency=1"))
    for order in (alone[CASES[2]][0], alone[CELERY][0], interrupted[CELERY][0]):
        wait_until(partial(done, order))
    table(
        (
            "view",
            "server",
            "done when the answer arrives",
            "done later",
            "done if the server stops after the answer",
        ),
        *(
            (
                f"`{view}`",
                name,
                yes(alone[view, name][1]),
                yes(done(alone[view, name][0])),
                yes(done(interrupted[view, name][0])),
            )
            for view, name in CASES
        ),
    )
