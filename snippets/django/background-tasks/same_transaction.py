# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django>=6", "psycopg[binary]", "celery[redis]", "redis",
#     "django-tasks-db", "dj-database-url",
# ]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 60
# ///
import multiprocessing
import os
import signal

import jobs  # noqa: F401, the project's path
import redis
from shop.script import start, table

start()

from django.conf import settings
from django.db import connection, transaction
from django_tasks_db.models import DBTaskResult
from mail_tasks import run_celery, run_task
from shop.models import Author, Job

broker = redis.Redis.from_url(settings.CELERY_BROKER_URL)


# --8<-- [start:ways]
def celery_at_once():
    run_celery.delay("mail")


def celery_on_commit():
    run_celery.delay_on_commit("mail")


def django_tasks():
    run_task.enqueue("mail")


def own_queue():
    Job.objects.create(name="mail")


def sign_up(enqueue, before_commit, after_commit):
    with transaction.atomic():
        transaction.on_commit(after_commit)
        Author.objects.create(name="Ann")
        enqueue()
        before_commit()
# --8<-- [end:ways]


def nothing():
    pass


def killed():
    os.kill(os.getpid(), signal.SIGKILL)


def queued():
    return (
        broker.llen("celery")
        + DBTaskResult.objects.count()
        + Job.objects.count()
    )


def experiment(enqueue, before=nothing, after=nothing):
    for model in (Author, DBTaskResult, Job):
        model.objects.all().delete()
    broker.delete("celery")
    connection.close()
    process = multiprocessing.get_context("fork").Process(
        target=sign_up, args=[enqueue, before, after]
    )
    process.start()
    process.join()
    return f"{Author.objects.count()}, {queued()}"


table(
    (
        "rows saved, jobs queued",
        "no fault",
        "SIGKILL before COMMIT",
        "SIGKILL after COMMIT",
    ),
    *(
        (
            f"`{enqueue.__name__}`",
            experiment(enqueue),
            experiment(enqueue, before=killed),
            experiment(enqueue, after=killed),
        )
        for enqueue in (
            celery_at_once, celery_on_commit, django_tasks, own_queue
        )
    ),
)
