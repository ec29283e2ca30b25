# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "celery[redis]", "redis",
#   "httpx", "gunicorn"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 60
# ///
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "project"))

from acked.services import Worker, wait_until
from redis import Redis
from servers import PROJECT, client, gunicorn
from shop.script import start, table

start()

from shop.models import Author, Book, Order

broker = Redis.from_url(os.environ["CELERY_BROKER_URL"])
emma = Book.objects.create(
    title="Emma", author=Author.objects.create(name="Austen")
)
rows = []


def look(when):
    done = Order.objects.filter(mailed=True).count()
    rows.append((when, accepted, broker.llen("celery"), done))


accepted = 0
# --8<-- [start:offload]
with gunicorn() as server, client() as http:
    look("before")
    for number in range(20):
        order = Order.objects.create(book=emma, reference=number)
        answer = http.get(f"{server.url}/queue/{order.pk}/")
        accepted += answer.status_code == 202
    look("no worker is there")
    with Worker(PROJECT / "shop", "--concurrency=2"):
        wait_until(lambda: Order.objects.filter(mailed=True).count() == 20)
    look("a worker was there")
# --8<-- [end:offload]
table(("", "answered 202", "queue length", "tasks done"), *rows)
