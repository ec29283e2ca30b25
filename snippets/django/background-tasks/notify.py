# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django", "psycopg[binary]", "celery[redis]", "redis", "dj-database-url",
#     "django-tasks-db",
# ]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 60
# ///
import os

import jobs  # noqa: F401, the project's path
import psycopg
from shop.script import start, table

start()
DATABASE_URL = os.environ.get(
    "DATABASE_URL", "postgresql://postgres@localhost:5432/postgres"
)

# --8<-- [start:notify]
from django.db import connection, transaction
from shop.models import Job


def add_job(name):
    job = Job.objects.create(name=name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('jobs', '')")
    return job


def listen():
    listener = psycopg.connect(DATABASE_URL, autocommit=True)
    listener.execute("LISTEN jobs")
    return listener


def heard(listener):
    return len(list(listener.notifies(timeout=1)))
# --8<-- [end:notify]


def waiting():
    return Job.objects.filter(done=False).count()


listener = listen()
with transaction.atomic():
    add_job("first")
    before = heard(listener)
after = heard(listener)
with transaction.atomic():
    add_job("second")
    transaction.set_rollback(True)
rolled_back = heard(listener)
with transaction.atomic():
    add_job("third")
    add_job("fourth")
with transaction.atomic():
    add_job("fifth")
several = heard(listener)
listener.close()
add_job("sixth")  # the worker is restarting
listener = listen()
missed = heard(listener)
table(
    ("`pg_notify` in a block", "heard by a worker that listens"),
    ("before COMMIT", before),
    ("after COMMIT", after),
    ("after ROLLBACK", rolled_back),
    ("two in one block, one in the next", several),
    ("while the worker restarts", missed),
    ("jobs that wait in the table by then", waiting()),
)
listener.close()
