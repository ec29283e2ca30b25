# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis", "psycopg[binary]", "sqlalchemy"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["postgresql", "redis"]
# timeout = 90
# ///
"""get() waits three seconds for a task: what does the result backend see?"""

import os
import threading
import time

from celery import Celery
from redis import Redis as Client

from acked.lab import table
from acked.services import PostgreSQL, Redis, Worker, wait_until

app = Celery("waiting")
record = Client.from_url(
    os.environ["REDIS_URL"], decode_responses=True, socket_timeout=None
)


# --8<-- [start:task]
@app.task
def slow(case):
    record.incr(f"{case} began")
    time.sleep(3)  # the work
# --8<-- [end:task]


# --8<-- [start:wait]
def wait_for_result(case, backend_url):
    """get() on one task; the worker has its own connections."""
    env = {"CELERY_RESULT_BACKEND": backend_url}
    with Worker(__file__, f"--concurrency=1 -Q {case}", env):
        with Celery("waiting", backend=backend_url) as client:
            result = client.send_task("waiting.slow", [case], queue=case)
            wait_until(lambda: record.exists(f"{case} began"))
            result.get(timeout=30)
# --8<-- [end:wait]


def listen(server, seen):
    """Note each command that Redis gets, until the client leaves."""
    with server.client(socket_timeout=None) as client, client.monitor() as m:
        seen.append("listening")
        for command in m.listen():
            seen.append(command["command"])
            if command["command"] == "ECHO the end":
                return


def on_redis():
    seen = []
    with Redis() as server:
        thread = threading.Thread(target=listen, args=[server, seen])
        thread.start()
        wait_until(lambda: seen)
        wait_for_result("redis", server.url)
        server.cli("ECHO", "the end")
        thread.join()
    about = [line for line in seen if "celery-task-meta-" in line]
    verbs = [line.split()[0] for line in about]
    return {
        "asked": verbs.count("GET") + verbs.count("MGET"),
        "subscribed": verbs.count("SUBSCRIBE"),
        "told": verbs.count("PUBLISH"),
    }


def on_postgresql():
    with PostgreSQL("-c log_statement=all") as server:
        wait_for_result("postgresql", "db+" + psycopg3(server.url))
        log = server.log()
    asked = log.count("FROM celery_taskmeta")
    told = log.count("NOTIFY") + log.count("LISTEN")
    return {"asked": asked, "told": told}


def psycopg3(url):
    """SQLAlchemy's name of the driver."""
    return url.replace("postgresql://", "postgresql+psycopg://")


def bound(reads):
    return "more than 3" if reads > 3 else "1 to 3"


def main():
    os.environ.pop("CELERY_RESULT_BACKEND")  # it would win over `backend=`
    redis, postgresql = on_redis(), on_postgresql()
    table(
        ("result backend", "reads of the result", "subscriptions", "pushes"),
        ("Redis", bound(redis["asked"]), redis["subscribed"], redis["told"]),
        ("PostgreSQL", bound(postgresql["asked"]), 0, postgresql["told"]),
    )


if __name__ == "__main__":
    main()
