# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "celery[redis]", "httpx",
#   "gunicorn", "uvicorn", "daphne"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 90
# ///
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "project"))

from servers import at_once, daphne, gunicorn, most_at_once, uvicorn
from shop.script import table

REQUESTS = 6
VIEWS = ("sleeps", "awaits", "blocks")
SERVERS = {
    "gunicorn, 2 sync workers": lambda: gunicorn("--workers 2"),
    "gunicorn, 1 worker with 4 threads": lambda: gunicorn("--threads 4"),
    "uvicorn, 1 process": uvicorn,
    "daphne, 1 process": daphne,
}


def in_progress_together(name):
    with SERVERS[name]() as server:
        return [
            most_at_once(
                answer.json() for answer in at_once(REQUESTS, server, view)
            )
            for view in VIEWS
        ]


with ThreadPoolExecutor() as pool:
    results = pool.map(in_progress_together, SERVERS)
    table(
        (
            f"most of {REQUESTS} requests in progress together",
            *(f"`{view}`" for view in VIEWS),
        ),
        *((name, *most) for name, most in zip(SERVERS, results, strict=True)),
    )
