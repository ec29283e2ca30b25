# /// script
# requires-python = ">=3.12"
# dependencies = [
#   "celery[redis]", "psycopg[binary]", "pymemcache", "redis", "sqlalchemy",
# ]
#
# [tool.acked]
# services = ["rabbitmq", "redis", "postgresql", "memcached"]
# timeout = 240
# ///
"""The same tasks on five result backends: what each can tell, and how long."""

import os
import subprocess
import sys
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

from celery import Celery, current_task
from celery.exceptions import TimeoutError

from acked.lab import open_gate, started, table, work
from acked.services import Worker, wait_until

app = Celery("backends")
# --8<-- [start:settings]
app.conf.result_expires = 6  # seconds; by default one day
# --8<-- [end:settings]


@app.task
def add(x, y):
    return x + y


@app.task(track_started=True)
def tracked(name):
    work(name)
    queue = current_task.request.delivery_info["routing_key"]
    add.apply_async([2, 3], queue=queue)
    return "done"


def backends(folder):
    # --8<-- [start:backends]
    return {
        "Redis": os.environ["REDIS_URL"],
        "PostgreSQL": "db+" + os.environ["DATABASE_URL"],
        "memcached": f"cache+memcached://{os.environ['MEMCACHED_SERVER']}/",
        "file system": f"file://{folder}",
        "rpc": "rpc://",
    }
    # --8<-- [end:backends]


def read(result, timeout):
    try:
        return f"`{result.get(timeout=timeout)}`"
    except TimeoutError:
        return "TimeoutError"


def another_process(url, task_id):
    """A process that did not send the task, and waits for its result."""
    process = subprocess.Popen(
        [sys.executable, __file__, url, task_id],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "reading\n"
    return process


def state_for_a_new_client(url, task_id):
    return Celery(backend=url).AsyncResult(task_id).state


def row(name, url):
    queue = name.replace(" ", "-")
    client = Celery(backend=url, broker=os.environ["CELERY_BROKER_URL"])
    client.conf.result_expires = app.conf.result_expires

    def send(task, *args, **options):
        name = f"backends.{task}"
        return client.send_task(name, args, queue=queue, **options)

    def again(result):
        return client.AsyncResult(result.id)

    env = {**os.environ, "CELERY_RESULT_BACKEND": url}
    flags = "--concurrency 1 --without-gossip --without-mingle"
    with Worker(__file__, f"{flags} -Q {queue}", env):
        task_id = str(uuid.uuid4())
        other = another_process(url, task_id)
        parent = send("tracked", name, task_id=task_id)
        wait_until(lambda: started(name), 60)
        state = wait_until(lambda: again(parent).state, 60)
        open_gate(name)
        parent.get(timeout=60)
        twice = read(parent, timeout=5), read(again(parent), timeout=5)
        children = len(parent.children or [])
        unread = send("add", 2, 3)
        # The worker has one child: this one ends after it.
        last = f"{name} last"
        open_gate(last)
        send("tracked", last)
        wait_until(lambda: started(last), 60)
        time.sleep(8)  # longer than result_expires
        expired = state_for_a_new_client(url, unread.id)
        cleanup = client.send_task("celery.backend_cleanup", queue=queue)
        cleanup.get(timeout=60)
        cleaned = state_for_a_new_client(url, unread.id)
        elsewhere, _ = other.communicate()
    seen = f"`{state}`", children, *twice, elsewhere.strip()
    return name, *seen, f"`{expired}`", f"`{cleaned}`"


HEAD = (
    "backend",
    "runs",
    "children",
    "`get()` again",
    "a second `AsyncResult`",
    "another process",
    "expired",
    "after `backend_cleanup`",
)


def main():
    with tempfile.TemporaryDirectory() as folder:
        urls = backends(folder)
        with ThreadPoolExecutor() as pool:
            rows = list(pool.map(row, urls, urls.values()))
    table(HEAD, *rows)


if __name__ == "__main__":
    # It would win over the backend that a client is made with.
    os.environ.pop("CELERY_RESULT_BACKEND", None)
    if sys.argv[1:]:
        result = Celery(backend=sys.argv[1]).AsyncResult(sys.argv[2])
        print("reading", flush=True)
        print(read(result, timeout=25))
    else:
        main()
