# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django", "psycopg[binary]", "celery[redis]", "redis", "gunicorn",
#     "uvicorn", "dj-database-url",
# ]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 150
# ///
import time
from concurrent.futures import ThreadPoolExecutor

from acked.services import Gunicorn, Program, Uvicorn, free_port, wait_until
from jobs import PROJECT, environment, mailbox
from shop.script import table


def ready(lane):
    return environment("with_scheduler", LANE=lane)


def count(what, make, expected):
    with make(ready(what)) as server:
        wait_until(lambda: mailbox.scard(what) >= expected)
        time.sleep(2)  # for one more that there should not be
        pids = mailbox.smembers(what)
        return what, len(pids), len(pids - {str(server.process.pid)})


CASES = (
    (
        "`gunicorn --workers 3`",
        lambda env: Gunicorn("shop.wsgi", PROJECT, "--workers 3", env), 3,
    ),
    (
        "`gunicorn --workers 3 --preload`",
        lambda env: Gunicorn(
            "shop.wsgi", PROJECT, "--workers 3 --preload", env
        ), 1,
    ),
    (
        "`uvicorn --workers 3`",
        lambda env: Uvicorn(
            "shop.asgi:application", PROJECT, "--workers 3", env
        ), 3,
    ),
    (
        "`manage.py runserver`",
        lambda env: Program(
            f"manage.py runserver {free_port()}", PROJECT, "Quit the server",
            env,
        ), 2,
    ),
    (
        "`manage.py check`",
        lambda env: Program("manage.py check", PROJECT, "", env), 1,
    ),
)
with ThreadPoolExecutor(len(CASES)) as pool:
    table(
        ("started as", "schedulers", "of them in child processes"),
        *pool.map(lambda case: count(*case), CASES),
    )
