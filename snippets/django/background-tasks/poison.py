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

from jobs import mailbox, started, work
from shop.script import start, table

start()

# --8<-- [start:careful]
import logging
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from shop.models import Job

logger = logging.getLogger(__name__)


def next_job():
    free = Q(locked_until=None) | Q(locked_until__lt=timezone.now())
    jobs = Job.objects.select_for_update(skip_locked=True)
    return jobs.filter(free, done=False).order_by("pk").first()


@transaction.atomic
def run_one():
    if job := next_job():
        send(job)
        job.done = True
        job.save()
    return job


@transaction.atomic
def run_one_carefully():
    if job := next_job():
        try:
            with transaction.atomic():  # undoes what the job wrote
                send(job)
            job.done = True
        except Exception:
            logger.exception("job %s failed", job.pk)
            job.locked_until = timezone.now() + timedelta(minutes=5)
        job.save()
    return job
# --8<-- [end:careful]


def send(job):
    work(job.pk)
    if job.name == "no such address":
        raise ValueError(job.name)


def worker(run):
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # the traceback is expected
    while run():
        pass


def experiment(run):
    mailbox.flushdb()
    Job.objects.all().delete()
    Job.objects.create(name="bob@example.com")
    broken = Job.objects.create(name="no such address")
    good = Job.objects.create(name="ann@example.com")
    connection.close()  # each process gets a connection of its own
    for _ in range(3):  # as a supervisor restarts it
        process = multiprocessing.get_context("fork").Process(
            target=worker, args=[run]
        )
        process.start()
        process.join()
    return (
        started().count(str(broken.pk)),
        started().count(str(good.pk)),
        process.exitcode,
    )


table(
    (
        "a worker, started 3 times",
        "starts of the job that raises",
        "of the one behind it",
        "last exit code",
    ),
    ("`run_one`", *experiment(run_one)),
    ("`run_one_carefully`", *experiment(run_one_carefully)),
)
