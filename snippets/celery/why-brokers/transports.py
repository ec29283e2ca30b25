# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis", "psycopg[binary]", "sqlalchemy"]
#
# [tool.acked]
# services = ["redis", "postgresql"]
# timeout = 90
# ///
"""Celery with no broker server: a database table and a folder as transport.

acks_late is on; the worker is killed in its first task.
"""

import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

from celery import Celery

from acked.lab import table
from acked.services import Worker, wait_until
from shop import began, ended, open_gate, work

app = Celery("transports")
app.conf.task_acks_late = True
folder = os.environ.get("FOLDER")
# --8<-- [start:folder]
if folder:
    app.conf.broker_transport_options = {
        "data_folder_in": folder,
        "data_folder_out": folder,
        "control_folder": f"{folder}/control",
    }
# --8<-- [end:folder]


@app.task
def job(case, name):
    work(case, name, waits=name == "first")


# --8<-- [start:crash]
def runs(case):
    with Worker(__file__, "--concurrency=1") as worker:
        job.delay(case, "round trip")
        wait_until(lambda: "round trip" in ended(case))
        job.delay(case, "first")
        wait_until(lambda: "first" in began(case))
        worker.kill()
    open_gate(case)
    with Worker(__file__, "--concurrency=1"):
        job.delay(case, "second")
        wait_until(lambda: "second" in ended(case))
    return [ended(case).count(n) for n in ("round trip", "first", "second")]
# --8<-- [end:crash]


def on(case, url, **env):
    """In a process of its own, for Celery reads the URL once."""
    env = {**os.environ, "CELERY_BROKER_URL": url, **env}
    done = subprocess.run(
        [sys.executable, __file__, case], env=env, capture_output=True
    )
    assert done.returncode == 0, done.stderr[-1500:]
    return json.loads(done.stdout)


def main():
    database = os.environ["DATABASE_URL"].replace("://", "+psycopg://")
    with tempfile.TemporaryDirectory() as home, ThreadPoolExecutor() as pool:
        sql = pool.submit(on, "sql", f"sqla+{database}")
        files = pool.submit(on, "files", "filesystem://", FOLDER=home)
        rows = [
            ("`sqla+postgresql`: a table", *sql.result()),
            ("`filesystem`: a folder", *files.result()),
        ]
    head = ("transport", "round trip done", "killed task done")
    table((*head, "task sent after it done"), *rows)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(runs(sys.argv[1])))
    else:
        main()
