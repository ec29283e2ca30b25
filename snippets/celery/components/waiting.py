# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis", "psycopg[binary]", "sqlalchemy"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["postgresql", "redis"]
# timeout = 90
# ///
"""get() waits for a task: what does the result backend see meanwhile?"""

import os
from concurrent.futures import ThreadPoolExecutor

from celery import Celery

from acked.lab import record, table
from acked.services import PostgreSQL, Redis, Worker, wait_until

app = Celery("waiting")


# --8<-- [start:task]
@app.task
def slow(case):
    record.incr(f"{case} began")
    record.blmove("gate", "gate", timeout=0)  # the work
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


def on_redis(seen):
    about = [line for line in seen if "celery-task-meta-" in line]
    verbs = [line.split()[0] for line in about]
    return (
        bound(verbs.count("GET") + verbs.count("MGET")),
        verbs.count("SUBSCRIBE"),
        verbs.count("PUBLISH"),
    )


def on_postgresql(log):
    return bound(asked(log)), log.count("LISTEN"), log.count("NOTIFY")


def asked(log):
    return log.count("FROM celery_taskmeta")


def psycopg3(url):
    """SQLAlchemy's name of the driver."""
    return url.replace("postgresql://", "postgresql+psycopg://")


def bound(reads):
    if reads > 6:
        return "more than 6"
    return "1 to 3" if reads < 4 else reads


def main():
    del os.environ["CELERY_RESULT_BACKEND"]  # it would win over `backend=`
    with Redis() as redis, PostgreSQL("-c log_statement=all") as postgresql:
        urls = {
            "redis": redis.url,
            "postgresql": "db+" + psycopg3(postgresql.url),
        }
        with redis.monitor() as seen, ThreadPoolExecutor() as threads:
            waits = [threads.submit(wait_for_result, *u) for u in urls.items()]
            # --8<-- [start:gate]
            wait_until(lambda: record.exists("redis began"))
            wait_until(lambda: asked(postgresql.log()) > 6, 60)
            record.lpush("gate", "open")  # both tasks end
            # --8<-- [end:gate]
            for wait in waits:
                wait.result()
        rows = on_redis(seen), on_postgresql(postgresql.log())
    table(
        ("result backend", "reads of the result", "subscriptions", "pushes"),
        ("Redis", *rows[0]),
        ("PostgreSQL", *rows[1]),
    )


if __name__ == "__main__":
    main()
