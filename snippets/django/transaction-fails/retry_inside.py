# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]"]
#
# [tool.acked]
# services = ["postgresql"]
# ///
import psycopg
from django.db import OperationalError, connection, transaction
from django.db.models import F

from shop import DATABASE_URL, SCHEMA, Order, User, create_tables

create_tables()
Order.objects.create(user=User.objects.create(username="ann"), total=10)
failures = []


def somebody_else_changes_the_row():
    with psycopg.connect(DATABASE_URL) as somebody_else:
        somebody_else.execute(f"UPDATE {SCHEMA}.shop_order SET total = 20")


# --8<-- [start:inside]
with transaction.atomic():
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    order = Order.objects.get()
    somebody_else_changes_the_row()
    for attempt in range(3):
        try:
            with transaction.atomic():
                Order.objects.update(total=F("total") + 1)
        except OperationalError as error:
            failures.append(error)
# --8<-- [end:inside]

print(failures[0])
print(f"failed: {len(failures)} of 3 attempts")
print("total:", Order.objects.get().total)
