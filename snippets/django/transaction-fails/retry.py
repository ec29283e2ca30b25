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
# --8<-- [end:retry]


def lock(pk):
    attempts.append(threading.get_ident())
    Account.objects.select_for_update(nowait=True).get(pk=pk)


def meet():
    """In the first attempt of each thread, wait until both are here."""
    attempts.append(threading.get_ident())
    if attempts.count(threading.get_ident()) == 1:
        barrier.wait()


def run(block):
    try:
        in_transaction(block)
        return "nothing"
    except (OperationalError, RuntimeError) as error:
        return f"`{type(error.__cause__ or error).__name__}`"
    finally:
        connection.close()


def at_once(*blocks):
    Account.objects.update(balance=100)
    attempts.clear()
    with ThreadPoolExecutor(2) as pool:
        [raised] = set(pool.map(run, blocks))
    return len(attempts), raised, balances()


def balances():
    rows = Account.objects.order_by("pk")
    return " and ".join(str(account.balance) for account in rows)


def twice(isolation):
    return at_once(lambda: deposit(1, isolation), lambda: deposit(1, isolation))


def locked():
    Account.objects.update(balance=100)
    attempts.clear()
    with psycopg.connect(DATABASE_URL) as another:
        another.execute(f"SELECT * FROM {SCHEMA}.shop_account FOR UPDATE")
        raised = run(lambda: lock(1))
    return len(attempts), raised, balances()


def nested():
    Account.objects.update(balance=100)
    attempts.clear()
    with transaction.atomic():
        try:
            in_transaction(lambda: lock(1))
        except RuntimeError as error:
            return len(attempts), f"`{type(error).__name__}`", balances()


create_tables(Account)
Account.objects.bulk_create([Account(balance=100), Account(balance=100)])
barrier, attempts = threading.Barrier(2), []
table(
    ("what runs", "attempts", "raised in the end", "balances"),
    (
        "transfers 1 → 2 and 2 → 1",
        *at_once(lambda: transfer(1, 2), lambda: transfer(2, 1)),
    ),
    ("two deposits, `READ COMMITTED`", *twice("READ COMMITTED")),
    ("two deposits, `REPEATABLE READ`", *twice("REPEATABLE READ")),
    ("a lock with `nowait`, row is locked", *locked()),
    ("called inside another `atomic`", *nested()),
)
