# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]"]
#
# [tool.acked]
# services = ["postgresql"]
# ///
from contextlib import suppress

from django.db import IntegrityError, connection, transaction

from shop import Order, create_tables

create_tables()
with connection.cursor() as cursor:
    cursor.execute(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND conrelid = 'shop_order'::regclass"
    )
    definition = cursor.fetchone()[0]
print("made by Django:", definition.partition(") ")[2].partition(") ")[2])
print("\nas it comes: checked at COMMIT")
# --8<-- [start:deferred]
try:
    with transaction.atomic():
        with suppress(IntegrityError):  # in vain: nothing is raised here
            order = Order.objects.create(user_id=404, total=10)
            print("create() succeeded, id", order.pk)
        transaction.on_commit(lambda: print("on_commit ran"))
        print("last line of the block")
except IntegrityError as error:
    print("out of the block:", error.__cause__.diag.message_detail)
# --8<-- [end:deferred]
print("orders saved:", Order.objects.count())

print("\nafter SET CONSTRAINTS ALL IMMEDIATE: checked at once")
# --8<-- [start:immediate]
with transaction.atomic():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    try:
        with transaction.atomic():
            Order.objects.create(user_id=404, total=10)
    except IntegrityError:
        print("create() failed, inside the block")
# --8<-- [end:immediate]
