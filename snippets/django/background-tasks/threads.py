# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django", "celery[redis]", "redis", "dj-database-url", "gunicorn",
#     "uvicorn", "httpx", "psycopg[binary]",
# ]
#
# [tool.acked]
# services = ["redis"]
# timeout = 150
# ///
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
from acked.services import Gunicorn, Uvicorn, wait_until
from jobs import PROJECT, environment, finished, mailbox, started
from shop.script import table

ENV = environment("with_threads", TO_THE_END="yes")


def gunicorn(options=""):
    return Gunicorn("shop.wsgi", PROJECT, options, ENV)


def uvicorn():
    return Uvicorn("shop.asgi:application", PROJECT, env=ENV)


def stop(server):
    server.stop()  # SIGTERM, and wait until it is gone


def kill(server):
    server.kill()


def worker_is_replaced(server):
    """What --max-requests does; the old worker takes no more requests then."""

    def new_worker():
        with suppress(httpx.HTTPError):
            httpx.get(server.url, timeout=1)
        return server.log().count("Booting worker") > 1

    wait_until(new_worker, 60)
    server.stop()


def case(server, end, daemon):
    what = f"case-{id(server)}"
    ids = [f"{what}-{number}" for number in range(3)]
    with server:
        statuses = {
            httpx.get(f"{server.url}/thread/{job}{daemon}", timeout=30)
            .status_code
            for job in ids
        }
        wait_until(lambda: set(ids) <= set(started()))
        process = server.process
        mailbox.set(f"{what} has to go", 1)
        end(server)
        done = len(set(ids) & set(finished()))
        code = process.returncode
    return *statuses, done, 3 - done, code


DAEMON = "?daemon"
CASES = {
    "gunicorn, SIGTERM": (gunicorn(), stop, ""),
    "gunicorn, SIGTERM, daemon thread": (gunicorn(), stop, DAEMON),
    "gunicorn, SIGTERM, `--graceful-timeout 1`": (
        gunicorn("--graceful-timeout 1"), stop, "",
    ),
    "gunicorn, `--max-requests 10`": (
        gunicorn("--max-requests 10"), worker_is_replaced, "",
    ),
    "gunicorn, `--max-requests 10`, daemon thread": (
        gunicorn("--max-requests 10"), worker_is_replaced, DAEMON,
    ),
    "gunicorn, SIGKILL": (gunicorn(), kill, ""),
    "uvicorn, SIGTERM": (uvicorn(), stop, ""),
    "uvicorn, SIGTERM, daemon thread": (uvicorn(), stop, DAEMON),
    "uvicorn, SIGKILL": (uvicorn(), kill, ""),
}
with ThreadPoolExecutor(len(CASES)) as pool:
    results = pool.map(lambda arguments: case(*arguments), CASES.values())
    table(
        (
            "3 requests, 3 threads", "HTTP said", "jobs finished", "lost",
            "server's exit code",
        ),
        *((what, *result) for what, result in zip(CASES, results, strict=True)),
    )
