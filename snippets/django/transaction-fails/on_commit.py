# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]"]
#
# [tool.acked]
# services = ["postgresql"]
# ///
import logging
import multiprocessing
import os
import signal
from contextlib import suppress

from django.db import connection, transaction
from django.db.transaction import on_commit

from shop import User, create_tables

create_tables()
print("1. order, and a savepoint that was rolled back")
# --8<-- [start:order]
with transaction.atomic():
    on_commit(lambda: print("first callback"))
    with suppress(ValueError), transaction.atomic():
        on_commit(lambda: print("callback of the inner block"))
        raise ValueError("rolls the inner block back")
    on_commit(lambda: print("second callback"))
    print("last line of the block")
on_commit(lambda: print("outside atomic: at once"))
# --8<-- [end:order]


# --8<-- [start:broken]
def broken():
    raise ConnectionError("the broker is down")


def sign_up(username, robust):
    with transaction.atomic():
        User.objects.create(username=username)
        on_commit(broken, robust=robust)
        on_commit(lambda: print("the next callback ran"))
# --8<-- [end:broken]


class Print(logging.Handler):
    def emit(self, record):
        print(record.levelname, record.name, repr(record.exc_info[1]))


logging.getLogger("django.db.backends.base").addHandler(Print())

for username, robust in (("ann", False), ("bob", True)):
    print(f"\n{2 + robust}. a callback fails, robust={robust}")
    try:
        sign_up(username, robust)
        print("the caller sees no exception")
    except ConnectionError as error:
        print("the caller sees", repr(error))
    print("saved:", User.objects.filter(username=username).exists())


# --8<-- [start:killed]
def killed_after_commit(sent):
    with transaction.atomic():
        User.objects.create(username="cid")
        on_commit(lambda: os.kill(os.getpid(), signal.SIGKILL))
        on_commit(lambda: sent.set())
# --8<-- [end:killed]


print("\n4. SIGKILL after COMMIT, before the callback that sends the task")
fork = multiprocessing.get_context("fork")
sent = fork.Event()
connection.close()
child = fork.Process(target=killed_after_commit, args=[sent])
child.start()
child.join()
print("saved:", User.objects.filter(username="cid").exists())
print("sent:", sent.is_set())
