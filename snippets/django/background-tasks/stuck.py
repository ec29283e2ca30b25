# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django>=6", "psycopg[binary]", "celery[redis]", "redis",
#     "django-tasks-db", "dj-database-url",
# ]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 150
# ///
import os
import signal

from jobs import PROJECT, environment, finished, started
from shop.script import start, table

start()

# --8<-- [start:requeue]
from datetime import timedelta

from django.utils import timezone
from django_tasks_db.models import DBTaskResult


def requeue(longest):
    """Give back what has been running for longer than any task may."""
    return (
        DBTaskResult.objects.running()
        .filter(started_at__lt=timezone.now() - longest)
        .update(status="READY", started_at=None)
    )
# --8<-- [end:requeue]


from acked.services import Program, wait_until
from mail_tasks import run_task


def worker(seconds):
    return Program(
        "manage.py db_worker",
        PROJECT,
        "Starting",
        environment(JOB_SECONDS=seconds),
    )


def row(what, job, result):
    result.refresh()
    return (
        what,
        f"`{result.status}`",
        result.attempts,
        started().count(job),
        finished().count(job),
    )


def gone(program):
    return lambda: program.process.poll() is not None


rows = []
crashed = run_task.enqueue("1")
with worker("300") as first:
    wait_until(started)
    first.kill()
rows.append(row("SIGKILL in mid-task", "1", crashed))
run_task.enqueue("2")
with worker("0"):
    wait_until(lambda: "2" in finished())
    rows.append(row("a new worker has done the next task", "1", crashed))
    requeue(timedelta(0))
    wait_until(lambda: crashed.refresh() or crashed.is_finished)
rows.append(row("after `requeue()`", "1", crashed))
slow = run_task.enqueue("3")
with worker("300") as first:
    wait_until(lambda: "3" in started())
    requeue(timedelta(0))
    with worker("0"):
        wait_until(lambda: slow.refresh() or slow.is_finished)
    rows.append(row("`requeue()` of a task that only was slow", "3", slow))
    os.kill(first.pid, signal.SIGTERM)
    wait_until(lambda: "shutting down gracefully" in first.log())
    os.kill(first.pid, signal.SIGTERM)
    wait_until(gone(first))
rows.append(row("two SIGTERMs to its first worker", "3", slow))
[error] = slow.errors
assert error.exception_class is SystemExit
table(("", "status", "`attempts`", "started", "finished"), *rows)
