# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]"]
#
# [tool.acked]
# services = ["postgresql"]
# ///
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
from django.db import OperationalError, connection, models, transaction
from django.db.models import F

from shop import DATABASE_URL, SCHEMA, create_tables, table


class Account(models.Model):
    balance = models.IntegerField()

    class Meta:
        app_label = "shop"


# --8<-- [start:retry]
RETRIABLE = {"40001", "40P01"}  # serialization failure, deadlock


def in_transaction(block, attempts=5):
    for attempt in range(1, attempts + 1):
        try:
            with transaction.atomic(durable=True):
                return block()
        except OperationalError as error:
            state = error.__cause__.sqlstate
            if state not in RETRIABLE or attempt == attempts:
                raise
        time.sleep(random.uniform(0, 0.1 * attempt))
# --8<-- [end:retry]


# --8<-- [start:blocks]
def transfer(source, target):
    Account.objects.filter(pk=source).update(balance=F("balance") - 10)
    meet()
    Account.objects.filter(pk=target).update(balance=F("balance") + 10)


def deposit(pk, isolation):
    with connection.cursor() as cursor:
        cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {isolation}")
    account = Account.objects.get(pk=pk)
    meet()
    account.balance += 10
    account.save()
# --8<-- [end:blocks]


def lock_now(pk):
    attempts.append(pk)
    Account.objects.select_for_update(nowait=True).get(pk=pk)


def meet():
    """In the first attempt of each, wait until both are here."""
    attempts.append(threading.get_ident())
    if attempts.count(threading.get_ident()) == 1:
        barrier.wait()


def at_once(one, other):
    Account.objects.update(balance=100)
    attempts.clear()

    def run(block):
        in_transaction(block)
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, (one, other)))
    balances = Account.objects.order_by("pk").values_list("balance", flat=True)
    return len(attempts), *balances


def twice(isolation):
    return at_once(lambda: deposit(1, isolation), lambda: deposit(1, isolation))


create_tables(Account)
Account.objects.bulk_create([Account(balance=100), Account(balance=100)])
barrier, attempts = threading.Barrier(2), []

table(
    ("two blocks at once", "attempts", "account 1", "account 2"),
    (
        "transfer 1 → 2 and 2 → 1: deadlock",
        *at_once(lambda: transfer(1, 2), lambda: transfer(2, 1)),
    ),
    ("two deposits of 10, `READ COMMITTED`", *twice("READ COMMITTED")),
    ("two deposits of 10, `REPEATABLE READ`", *twice("REPEATABLE READ")),
)
