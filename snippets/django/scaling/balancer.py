# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "celery[redis]", "httpx",
#   "gunicorn"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# starts = ["haproxy"]
# timeout = 120
# ///
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "project"))

import httpx
from acked.services import HAProxy, wait_until
from servers import client, gunicorn
from shop.script import start, table

start()

from django.db import connection
from shop.models import Author, Book, Order

CLIENTS, REQUESTS = 8, 40
CASES = (
    ("plain.cfg", "GET"),
    ("careful.cfg", "GET"),
    ("careful.cfg", "POST"),
    ("greedy.cfg", "POST"),
)


# --8<-- [start:load]
def orders(config, method):
    """Orders by way of the balancer; one of its two servers is killed."""
    with gunicorn("--threads 8") as a, gunicorn("--threads 8") as b:
        ports = {"A": str(a.port), "B": str(b.port)}
        processes = a.processes()  # SIGKILL must come at once
        with HAProxy(HERE / config, ports) as balancer:
            send = partial(order, balancer.url, config, method)
            with ThreadPoolExecutor(CLIENTS) as pool:
                sent = [pool.submit(send, n) for n in range(REQUESTS)]
                wait_until(lambda: all_saved(config, method, sent))
                for process in processes:
                    process.kill()
                return [one.result() for one in sent]
# --8<-- [end:load]


def order(url, config, method, number):
    reference = f"{config} {method} {number}"
    address = f"{url}/order/?reference={reference}"
    try:
        return reference, http.request(method, address).status_code == 200
    except httpx.TransportError:
        return reference, False


def all_saved(config, method, sent):
    """Some are answered, and all that are running have written their row."""
    answered = sum(one.done() for one in sent)
    saved = len(saved_orders(config, method))
    return answered >= CLIENTS and saved - answered >= CLIENTS


def saved_orders(config, method):
    orders = Order.objects.filter(reference__startswith=f"{config} {method} ")
    return list(orders.values_list("reference", flat=True))


def some(count):
    if count > CLIENTS:
        return f"more than {CLIENTS}"
    return f"1 to {CLIENTS}" if count else 0


def row(case):
    answers = orders(*case)
    saved = Counter(saved_orders(*case))
    connection.close()
    failed = [reference for reference, good in answers if not good]
    return (
        *(f"`{part}`" for part in case),
        len(answers),
        some(len(failed)),
        some(sum(saved[reference] > 0 for reference in failed)),
        some(sum(times > 1 for times in saved.values())),
    )


Book.objects.create(title="Emma", author=Author.objects.create(name="Austen"))
with client() as http, ThreadPoolExecutor() as pool:
    table(
        (
            "HAProxy with",
            "method",
            "sent",
            "failed",
            "failed, yet saved",
            "saved twice",
        ),
        *pool.map(row, CASES),
    )
