# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "celery[redis]", "httpx",
#   "uvicorn"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 60
# ///
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "project"))

from servers import at_once, get, most_at_once, uvicorn
from shop.script import start, table

start()

from shop.models import Author, Book


def row(what, answers):
    queries = [query for answer in answers for query in answer.json()]
    connections = {connection for *_, connection in queries} - {None}
    return what, len(queries), most_at_once(queries), len(connections)


Book.objects.create(title="Emma", author=Author.objects.create(name="Austen"))
with uvicorn() as server, ThreadPoolExecutor() as pool:
    one = pool.submit(get, server, "a_methods")
    threads = pool.submit(get, server, "own_threads")
    three = pool.submit(at_once, 3, server, "one_query")
    services = pool.submit(get, server, "other_services")
    table(
        ("", "queries or calls", "most of them together", "connections"),
        row("one request, `a_methods`", [one.result()]),
        row("one request, `own_threads`", [threads.result()]),
        row("one request, `other_services`", [services.result()]),
        row("three requests, `one_query` each", three.result()),
    )
