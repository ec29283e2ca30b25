# /// script
# requires-python = ">=3.12"
# dependencies = [
#   "celery[redis]", "psycopg[binary]", "pymemcache", "redis", "sqlalchemy",
# ]
#
# [tool.acked]
# services = ["redis", "postgresql", "memcached"]
# timeout = 240
# ///
"""A chain and a chord on six result backends: does it work, at what price?"""

import gc
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor

from celery import Celery, chain, chord

from acked.lab import finished, open_gate, record, table, work
from acked.services import Worker, wait_until

app = Celery("chord_backends")
app.conf.task_default_queue = os.environ.get("QUEUE", "celery")
# --8<-- [start:settings]
app.conf.result_chord_retry_interval = 0.5  # by default 1 second
# --8<-- [end:settings]


@app.task
def add(x, y):
    return x + y


@app.task
def part(name):
    work(name)
    return 1


@app.task(ignore_result=True)
def silent(name):
    record.incr(f"{name} silent")
    return 1


@app.task
def note(value, name):
    record.set(f"{name} says", value)


@app.task
def total(numbers, name):
    record.set(f"{name} says", sum(numbers))


def backends(folder):
    # --8<-- [start:backends]
    return {
        "none": "disabled://",
        "rpc": "rpc://",
        "Redis": os.environ["REDIS_URL"],
        "memcached": f"cache+memcached://{os.environ['MEMCACHED_SERVER']}/",
        "PostgreSQL": "db+" + os.environ["DATABASE_URL"],
        "file system": f"file://{folder}",
    }
    # --8<-- [end:backends]


POLLS = {"PostgreSQL", "file system"}  # asserted below


def received(worker, task):
    return worker.log().count(f"Task {task}[")


def row(name, url):
    client = Celery(broker=os.environ["CELERY_BROKER_URL"], backend=url)
    client.conf.result_chord_retry_interval = 0.5
    queue = name.replace(" ", "-")
    client.conf.task_default_queue = queue

    def signature(task, *args):
        return client.signature(f"chord_backends.{task}", args, app=client)

    env = {**os.environ, "CELERY_RESULT_BACKEND": url, "QUEUE": queue}
    # Threads: one for each task of the header, and one that polls.
    flags = "--pool threads --concurrency 6 --without-gossip --without-mingle"
    with Worker(__file__, f"{flags} -Q {queue}", env) as worker:
        # --8<-- [start:chain]
        links = [signature("add", 2, 3), signature("add", 4)]
        chain(*links, signature("note", f"chain on {name}"), app=client)()
        said = wait_until(lambda: record.get(f"chain on {name} says"), 60, name)
        # --8<-- [end:chain]
        chained = f"works: {said}"
        # --8<-- [start:chord]
        header = [signature("part", name) for _ in range(5)]
        try:
            chord(header, app=client)(signature("total", name))
        except NotImplementedError as error:
            reason = str(error).splitlines()[0]
            signature("note", 0, f"{name} later").delay()
            wait_until(lambda: record.get(f"{name} later says"), 60, name)
            tasks = received(worker, "chord_backends.part")
            said = f"NotImplementedError: {reason} Tasks sent: {tasks}"
            return name, chained, said, "", ""
        # --8<-- [end:chord]
        unlock = "celery.chord_unlock"
        wait_until(lambda: received(worker, "chord_backends.part"), 60)
        if name in POLLS:
            wait_until(lambda: received(worker, unlock) > 2, 60, name)
        open_gate(name)
        said = wait_until(lambda: record.get(f"{name} says"), 60, name)
        wait_until(lambda: finished(name) == 5, 60)
        polls = received(worker, unlock)
        assert name in POLLS or not polls
        polls = "more than 2" if polls > 2 else polls
        # --8<-- [start:ignored]
        header = [signature("add", 2, 3), signature("silent", name)]
        result = chord(header, app=client)(signature("total", f"{name} 2"))
        # --8<-- [end:ignored]
        wait_until(lambda: record.get(f"{name} silent"), 60)
        before = received(worker, unlock)

        def ended():
            if said := record.get(f"{name} 2 says"):
                return f"works: {said}"
            if result.state == "FAILURE":
                return f"`FAILURE` {type(result.result).__name__}"
            if received(worker, unlock) > before + 4:
                return f"asks on and on, `{result.state}`"

        return name, chained, f"works: {said}", polls, wait_until(ended, 60)


def main():
    os.environ.pop("CELERY_RESULT_BACKEND")
    with tempfile.TemporaryDirectory() as folder:
        urls = backends(folder)
        with ThreadPoolExecutor() as pool:
            rows = list(pool.map(row, urls, urls.values()))
    gc.collect()  # a GroupResult is a cycle, and must go before Python does
    head = "result backend", "chain", "chord of 5", "`celery.chord_unlock` sent"
    table((*head, "one with `ignore_result`"), *rows)


if __name__ == "__main__":
    main()
