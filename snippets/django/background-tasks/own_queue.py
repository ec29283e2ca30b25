# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django", "psycopg[binary]", "celery[redis]", "redis", "dj-database-url",
#     "django-tasks-db",
# ]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 120
# ///
import multiprocessing
import os
import time
from collections import Counter
from contextlib import nullcontext

from jobs import mailbox
from shop.script import start, table

start()

from acked.services import wait_until
from django.db import connection, transaction
from shop.models import Execution, Job

JOBS = 24


# --8<-- [start:ways]
def first(jobs):
    return jobs.filter(done=False).order_by("pk").first()


def naive():
    return first(Job.objects.all())


def locked():
    return first(Job.objects.select_for_update())


def skip_locked():
    return first(Job.objects.select_for_update(skip_locked=True))


def run_one(take, block, seconds):
    with block():  # transaction.atomic, but not for naive
        job = take()
        if job:
            mailbox.rpush("mails", job.pk)  # outside the database
            Execution.objects.create(job=job, worker=os.getpid())
            time.sleep(seconds)  # the rest of the work
            Job.objects.filter(pk=job.pk).update(done=True)
        return job
# --8<-- [end:ways]


def worker(*way):
    while run_one(*way):
        pass


def processes(number, *way):
    connection.close()  # each process gets a connection of its own
    context = multiprocessing.get_context("fork")
    started = [context.Process(target=worker, args=way) for _ in range(number)]
    for process in started:
        process.start()
    return started


def waiting_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0]


def done():
    return Job.objects.filter(done=True).count()


def experiment(take, block):
    Job.objects.all().delete()
    mailbox.delete("mails")
    Job.objects.bulk_create(Job(name="mail") for _ in range(JOBS))
    [hanging] = processes(1, take, block, 300)
    wait_until(lambda: mailbox.llen("mails"))
    others = processes(3, take, block, 0.05)
    wait_until(
        lambda: waiting_for_a_lock() == 3
        or not any(process.is_alive() for process in others)
    )
    done_meanwhile = done()
    hanging.kill()
    others += processes(1, take, block, 0.05)
    for process in (hanging, *others):
        process.join()
    mails = Counter(mailbox.lrange("mails", 0, -1))
    rows = Execution.objects.count()
    return (
        done_meanwhile,
        done(),
        bounded(sum(count > 1 for count in mails.values())),
        bounded(rows - JOBS),
    )


def bounded(number):
    return number if number < JOBS / 2 else f"more than {JOBS // 2 - 1}"


table(
    (
        f"{JOBS} jobs, 4 workers, one hangs",
        "done meanwhile",
        "done after its SIGKILL",
        "jobs mailed twice or more",
        "surplus `Execution` rows",
    ),
    ("`naive`", *experiment(naive, nullcontext)),
    ("`locked`", *experiment(locked, transaction.atomic)),
    ("`skip_locked`", *experiment(skip_locked, transaction.atomic)),
)
