# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django>=6", "psycopg[binary]", "celery[redis]", "redis", "gunicorn",
#     "django-tasks-db", "dj-database-url", "httpx",
# ]
#
# [tool.acked]
# services = ["postgresql", "redis", "rabbitmq"]
# timeout = 240
# ///
import os
from concurrent.futures import ThreadPoolExecutor

os.environ["DJANGO_SETTINGS_MODULE"] = "named_queues"

import httpx
from jobs import HERE, PROJECT, environment, finished, started
from shop.script import start, table

start()

from acked.services import Gunicorn, Program, Worker, wait_until
from django.db import connection
from mail_tasks import run_celery, run_celery_late, run_task
from shop.models import Job

WORKER = "queue_worker.py"


class Thread:
    def process(self, queue, env):
        return Gunicorn("shop.wsgi", PROJECT, env=env)

    def send(self, queue, number, server):
        job = f"{queue}-{number}"
        assert httpx.get(f"{server.url}/thread/{job}").status_code == 202
        return job


class OwnQueue:
    options = ""

    def process(self, queue, env):
        command = f"{WORKER} {queue} {self.options}"
        return Program(command, HERE, "ready", env)

    def send(self, queue, number, server):
        job = str(Job.objects.create(name=queue).pk)
        connection.close()  # this thread's own
        return job


class Impolite(OwnQueue):
    options = "impolite"


class DjangoTasks:
    def process(self, queue, env):
        command = f"manage.py db_worker --queue-name {queue}"
        return Program(command, PROJECT, "Starting", env)

    def send(self, queue, number, server):
        run_task.using(queue_name=queue).enqueue(f"{queue}-{number}")
        connection.close()
        return f"{queue}-{number}"


class Celery:
    task = run_celery

    def process(self, queue, env):
        options = f"--concurrency=1 --include=mail_tasks --queues={queue}"
        return Worker(PROJECT / "shop", options, env)

    def send(self, queue, number, server):
        self.task.apply_async([f"{queue}-{number}"], queue=queue)
        return f"{queue}-{number}"


class CeleryLate(Celery):
    task = run_celery_late


# --8<-- [start:experiment]
def experiment(kind, end):
    queue = f"{type(kind).__name__}-{end}"
    seconds = "5" if end == "SIGTERM" else "60"
    with kind.process(queue, environment(SETTINGS, JOB_SECONDS=seconds)) as old:
        jobs = [kind.send(queue, number, old) for number in range(3)]
        wait_until(lambda: set(jobs) & set(started()))
        old.stop() if end == "SIGTERM" else old.kill()
    with kind.process(queue, environment(SETTINGS, JOB_SECONDS="0")) as new:
        last = kind.send(queue, "last", new)
        wait_until(lambda: last in finished())
    done = len(set(jobs) & set(finished()))
    twice = sum(started().count(job) > 1 for job in jobs)
    return done, 3 - done, twice
# --8<-- [end:experiment]


SETTINGS = "named_queues"
KINDS = {
    "thread in a view (gunicorn)": Thread(),
    "own queue in PostgreSQL, SIGTERM handled": OwnQueue(),
    "own queue in PostgreSQL, no handler": Impolite(),
    "`django.tasks`, `db_worker`": DjangoTasks(),
    "Celery, defaults": Celery(),
    "Celery, `acks_late`": CeleryLate(),
}
with ThreadPoolExecutor(2 * len(KINDS)) as pool:
    term, kill = (
        [pool.submit(experiment, kind, end) for kind in KINDS.values()]
        for end in ("SIGTERM", "SIGKILL")
    )
    table(
        (
            "3 jobs each",
            "SIGTERM: done", "lost", "started twice",
            "SIGKILL: done", "lost", "started twice",
        ),
        *(
            (what, *a.result(), *b.result())
            for what, a, b in zip(KINDS, term, kill, strict=True)
        ),
    )
