# /// script
# requires-python = ">=3.12"
# dependencies = [
#   "celery[redis]", "psycopg[binary]", "redis", "sqlalchemy",
# ]
#
# [tool.acked]
# services = ["redis", "postgresql"]
# environments = ["celery-5-4", "celery-5-6"]
# timeout = 240
# ///
"""A retry with no delay overtakes the attempt that asked for it."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import psutil
from celery import Celery
from celery.signals import after_task_publish

from acked import environments
from acked.lab import record, table
from acked.services import Worker, wait_until

app = Celery("late_retry")


# --8<-- [start:task]
@app.task(bind=True, max_retries=1)
def charge(self, works):
    if self.request.retries == 0 or not works:
        raise self.retry(exc=ConnectionError("refused"), countdown=0)


@after_task_publish.connect
def pause(sender, headers, **_):
    """The kernel may give the processor to somebody else just here."""
    if headers["retries"] == 1:
        record.set(f"paused {headers['id']}", os.getpid())
        os.kill(os.getpid(), signal.SIGSTOP)
# --8<-- [end:task]


# --8<-- [start:look]
def late(client, worker, works):
    result = client.send_task("late_retry.charge", [works])
    wait_until(result.ready, 60)
    before = result.state
    process = psutil.Process(int(record.get(f"paused {result.id}")))
    wait_until(lambda: process.status() == "stopped", 60)
    process.resume()
    wait_until(lambda: f"[{result.id}] retry: " in worker.log(), 60)
    return f"`{before}`, then `{client.AsyncResult(result.id).state}`"
# --8<-- [end:look]


def row(backend, version):
    env = {"CELERY_RESULT_BACKEND": URLS[backend]}
    if version != "5.7":
        env |= environments.variables(f"celery-{version.replace('.', '-')}")
    queue = f"{backend}-{version}"
    flags = "--concurrency 2 --without-gossip --without-mingle"
    client = Celery(broker=BROKER, backend=URLS[backend])
    client.conf.task_default_queue = queue
    with Worker(__file__, f"{flags} -Q {queue}", env) as worker:
        outcomes = [late(client, worker, works) for works in (False, True)]
    return f"{backend}, Celery {version}", *outcomes


def main():
    # PostgreSQL's tables are made once, not by three workers at a time.
    Celery(backend=URLS["PostgreSQL"]).backend.ResultSession().close()
    cases = [("Redis", "5.7")]
    cases += [("PostgreSQL", version) for version in ("5.4", "5.6", "5.7")]
    with ThreadPoolExecutor() as threads:
        rows = list(threads.map(lambda case: row(*case), cases))
    head = "results", "second attempt fails", "second attempt succeeds"
    table(head, *rows)


if __name__ == "__main__":
    BROKER = os.environ["CELERY_BROKER_URL"]
    del os.environ["CELERY_RESULT_BACKEND"]  # it would win over `backend=`
    URLS = {
        "Redis": os.environ["REDIS_URL"],
        "PostgreSQL": "db+" + os.environ["DATABASE_URL"],
    }
    main()
