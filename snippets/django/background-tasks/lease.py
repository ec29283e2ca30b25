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
import time

from jobs import mailbox
from shop.script import start, table

start()

# --8<-- [start:lease]
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from shop.models import Job

LEASE = timedelta(seconds=3)


@transaction.atomic
def claim():
    free = Q(locked_until=None) | Q(locked_until__lt=timezone.now())
    jobs = Job.objects.select_for_update(skip_locked=True)
    job = jobs.filter(free, done=False).order_by("pk").first()
    if job:
        renew(job)
    return job  # the work follows, after this COMMIT


def renew(job):
    until = timezone.now() + LEASE
    if mine(job).update(locked_until=until):
        job.locked_until = until


def finish(job):
    return mine(job).update(done=True) == 1  # or another has it


def mine(job):
    return Job.objects.filter(pk=job.pk, locked_until=job.locked_until)
# --8<-- [end:lease]


from acked.services import wait_until


def worker(seconds, renews):
    job = claim()
    mailbox.rpush("started", "first")
    for _ in range(seconds * 4):
        time.sleep(0.25)
        if renews:
            renew(job)
    mailbox.set("first", "accepted" if finish(job) else "refused")


def experiment(seconds, renews=False, kill=False):
    mailbox.flushdb()
    Job.objects.all().delete()
    Job.objects.create(name="report")
    connection.close()  # the process gets a connection of its own
    first = multiprocessing.get_context("fork").Process(
        target=worker, args=[seconds, renews]
    )
    first.start()
    wait_until(lambda: mailbox.llen("started"))
    if kill:
        first.kill()
    assert claim() is None, "the lease is not over"
    again = wait_until(lambda: claim() or not (kill or first.is_alive()))
    first.join()
    second = "never got it"
    if again is not True:
        mailbox.rpush("started", "second")
        second = "accepted" if finish(again) else "refused"
    return (
        mailbox.llen("started"),
        mailbox.get("first") or "dead",
        second,
        Job.objects.filter(done=True).count(),
    )


table(
    (
        "lease of 3 seconds",
        "started",
        "first worker's `finish()`",
        "second worker's",
        "jobs done",
    ),
    ("the worker gets SIGKILL", *experiment(60, kill=True)),
    ("the job takes 7 seconds", *experiment(7)),
    ("the same, and it renews", *experiment(7, renews=True)),
)
