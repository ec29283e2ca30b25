# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]"]
#
# [tool.acked]
# services = ["postgresql"]
# ///
import multiprocessing
import os
import signal
import sys

import psycopg
from django.db import connection, transaction

from shop import DATABASE_URL, Order, User, create_tables, table


# --8<-- [start:two_rows]
def sign_up(fail):
    user = User.objects.create(username="ann")
    fail(user)
    Order.objects.create(user=user, total=10)


@transaction.atomic
def sign_up_atomic(fail):
    sign_up(fail)
# --8<-- [end:two_rows]


def database_refuses(user):
    Order.objects.create(user=user, total=-1)


def bug_in_python(user):
    raise KeyError("no such price")


def process_exits(user):
    sys.exit(1)


def process_killed(user):
    os.kill(os.getpid(), signal.SIGKILL)  # what the OOM killer does


def connection_lost(user):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    with psycopg.connect(DATABASE_URL) as administrator:
        administrator.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def in_a_process(sign_up, fail):
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # the traceback is expected
    sign_up(fail)


def rows_after(sign_up, fail):
    User.objects.all().delete()
    connection.close()  # the child gets a connection of its own
    context = multiprocessing.get_context("fork")
    child = context.Process(target=in_a_process, args=[sign_up, fail])
    child.start()
    child.join()
    assert child.exitcode, "it was to fail"
    return User.objects.count() + Order.objects.count()


create_tables()
FAILURES = {
    "the database refuses the second row": database_refuses,
    "a Python exception": bug_in_python,
    "`sys.exit()`": process_exits,
    "SIGKILL to the process": process_killed,
    "the connection is cut": connection_lost,
}
table(
    ("what fails", "rows left, without atomic", "with atomic"),
    *(
        (what, rows_after(sign_up, fail), rows_after(sign_up_atomic, fail))
        for what, fail in FAILURES.items()
    ),
)
